using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>The start of <c>struct dirent</c> on 64-bit Linux; the name, ended by a zero byte, begins at the last field.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct DirectoryRecord
{
    public const byte KindUnknown = 0;
    public const byte KindDirectory = 4;
    public const byte KindRegular = 8;

    [FieldOffset(18)]
    public byte Kind;

    [FieldOffset(19)]
    public byte FirstNameByte;
}
