using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>The fields used of <c>struct statfs</c> (the same on x64 and arm64).</summary>
[StructLayout(LayoutKind.Explicit, Size = 120)]
internal struct FileSystemStatus
{
    [FieldOffset(8)]
    public long BlockSize;

    [FieldOffset(32)]
    public ulong BlocksAvailable;

    [FieldOffset(72)]
    public long FragmentSize;
}
