using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>
/// The fields used of <c>struct statx</c>, which unlike <c>struct stat</c> has one layout on every architecture
/// (statx(2); glibc 2.28, musl 1.2).
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    /// <summary>Asks for the type, the number of names and the size, and for the device, which is always given.</summary>
    public const uint Wanted = 0x1 | 0x4 | 0x200;

    private const ushort KindMask = 0xF000;
    private const ushort RegularKind = 0x8000;
    private const ushort DirectoryKind = 0x4000;
    private const ushort LinkKind = 0xA000;

    [FieldOffset(16)]
    public uint NameCount;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(40)]
    public long Length;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    public readonly bool IsRegular => (Mode & KindMask) == RegularKind;

    public readonly bool IsDirectory => (Mode & KindMask) == DirectoryKind;

    public readonly bool IsLink => (Mode & KindMask) == LinkKind;

    public readonly bool IsOnSameDeviceAs(in FileStatus other) => DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;
}
