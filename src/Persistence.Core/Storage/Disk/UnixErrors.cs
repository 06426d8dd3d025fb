using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk;

/// <summary>What errno values mean. Values below 35 are the same on every Unix; the others are Linux's or those of macOS and the BSDs.</summary>
internal static class UnixErrors
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int NoDevice = 6;
    public const int ArgumentsTooLong = 7;
    public const int NotExecutable = 8;
    public const int BadDescriptor = 9;
    public const int NoChild = 10;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int AlreadyExists = 17;
    public const int NoSuchDevice = 19;
    public const int NotADirectory = 20;
    public const int IsADirectory = 21;
    public const int Invalid = 22;
    public const int SystemTableFull = 23;
    public const int ProcessTableFull = 24;
    public const int NoSuchControl = 25;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;

    public static readonly int WouldBlock = OperatingSystem.IsLinux() ? 11 : 35;
    public static readonly int NotSupported = OperatingSystem.IsLinux() ? 95 : 45;

    private const int LinuxNotEmpty = 39;
    private const int LinuxLoop = 40;
    private const int LinuxQuota = 122;
    private const int BsdLoop = 62;
    private const int BsdNotEmpty = 66;
    private const int BsdQuota = 69;

    /// <summary>Builds the error for a call that just failed with <paramref name="errno"/>.</summary>
    public static StorageException ToException(int errno, string operation, string path) =>
        ToException(ToFault(errno), errno, operation, path);

    /// <summary>The same, where the caller knows better than errno what went wrong.</summary>
    public static StorageException ToException(StorageFault fault, int errno, string operation, string path) =>
        new(fault, operation, path, $"errno {errno}: {Marshal.GetPInvokeErrorMessage(errno)}");

    /// <summary>Sorts an errno value into the faults the engine tells apart.</summary>
    public static StorageFault ToFault(int errno) => errno switch
    {
        NotFound => StorageFault.NotFound,
        AlreadyExists => StorageFault.AlreadyExists,
        NoSpace => StorageFault.DiskFull,
        ReadOnly => StorageFault.ReadOnly,
        AccessDenied or NotPermitted => StorageFault.AccessDenied,
        ProcessTableFull or SystemTableFull => StorageFault.TooManyOpenFiles,
        // No device: what opening a socket or a device file without a driver answers.
        IsADirectory or NotADirectory or NoDevice or NoSuchDevice => StorageFault.WrongKind,
        _ => OperatingSystem.IsLinux() ? LinuxFault(errno) : BsdFault(errno),
    };

    private static StorageFault LinuxFault(int errno) => errno switch
    {
        LinuxQuota => StorageFault.DiskFull,
        LinuxLoop => StorageFault.LinkRefused,
        LinuxNotEmpty => StorageFault.WrongKind,
        _ => StorageFault.Failed,
    };

    private static StorageFault BsdFault(int errno) => errno switch
    {
        BsdQuota => StorageFault.DiskFull,
        BsdLoop => StorageFault.LinkRefused,
        BsdNotEmpty => StorageFault.WrongKind,
        _ => StorageFault.Failed,
    };
}
