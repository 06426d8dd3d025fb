using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Portable;

/// <summary>What the error codes of Windows mean (winerror.h).</summary>
internal static class WindowsErrors
{
    private const int FileNotFound = 2;
    private const int PathNotFound = 3;
    private const int TooManyOpenFiles = 4;
    private const int AccessDenied = 5;
    private const int WriteProtected = 19;
    private const int SharingViolation = 32;
    private const int LockViolation = 33;
    private const int HandleDiskFull = 39;
    private const int FileExists = 80;
    private const int DiskFull = 112;
    private const int DirectoryNotEmpty = 145;
    private const int AlreadyExists = 183;
    private const int NotADirectory = 267;
    private const int QuotaExceeded = 1295;

    public static StorageException ToException(int error, string operation, string path) =>
        new(ToFault(error), operation, path, $"error {error}: {Marshal.GetPInvokeErrorMessage(error).TrimEnd('.')}");

    public static StorageFault ToFault(int error) => error switch
    {
        FileNotFound or PathNotFound => StorageFault.NotFound,
        FileExists or AlreadyExists => StorageFault.AlreadyExists,
        DiskFull or HandleDiskFull or QuotaExceeded => StorageFault.DiskFull,
        WriteProtected => StorageFault.ReadOnly,
        AccessDenied => StorageFault.AccessDenied,
        TooManyOpenFiles => StorageFault.TooManyOpenFiles,
        SharingViolation or LockViolation => StorageFault.Locked,
        DirectoryNotEmpty or NotADirectory => StorageFault.WrongKind,
        _ => StorageFault.Failed,
    };
}
