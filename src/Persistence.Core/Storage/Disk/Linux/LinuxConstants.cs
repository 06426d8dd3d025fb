using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>Flag values of the Linux system calls. Two of them differ between x64 and arm64.</summary>
internal static class LinuxConstants
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoControllingTerminal = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public static readonly int Directory = IsArm64 ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm64 ? 0x8000 : 0x20000;

    public const int StatNoFollow = 0x100;
    public const int StatDescriptor = 0x1000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int LockNone = 8;

    public const uint OwnerFile = 0b110_000_000;
    public const uint OwnerDirectory = 0b111_000_000;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
