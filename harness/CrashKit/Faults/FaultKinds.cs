using Persistence.CrashKit.Worker;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>What each kind of fault is and which operations it may befall.</summary>
internal static class FaultKinds
{
    public static IReadOnlyList<FaultKind> All { get; } = Enum.GetValues<FaultKind>();

    /// <summary>Its name in reports.</summary>
    public static string NameOf(FaultKind kind) => kind switch
    {
        FaultKind.IoError => "EIO",
        FaultKind.DoneButFailed => "EIO, done all the same",
        FaultKind.ReadError => "EIO on reading",
        FaultKind.DiskFull => "ENOSPC",
        FaultKind.ReadOnly => "EROFS",
        FaultKind.AccessDenied => "EACCES",
        FaultKind.TooManyOpenFiles => "EMFILE",
        FaultKind.ShortWrite => "short write",
        FaultKind.LostWrite => "lost write",
        FaultKind.MisdirectedInFile => "write misdirected in its file",
        FaultKind.MisdirectedToOther => "write misdirected elsewhere",
        FaultKind.ClockForward => "clock set forwards",
        FaultKind.ClockBack => "clock set back",
        FaultKind.SyncForgotten => "sync: forgotten",
        FaultKind.SyncForgottenHeardLater => "sync: forgotten, heard later",
        FaultKind.SyncReportedLate => "sync: reported late",
        FaultKind.SyncReverted => "sync: reverted",
        _ => "sync: journal aborted",
    };

    /// <summary>Whether it may befall such an operation.</summary>
    public static bool Befalls(FaultKind kind, StorageOperationKind operation) => kind switch
    {
        FaultKind.IoError => operation is not (StorageOperationKind.Read or StorageOperationKind.GetFreeBytes) && !IsSync(operation),
        FaultKind.DoneButFailed => IsChange(operation) && !IsSync(operation),
        FaultKind.ReadError => operation is StorageOperationKind.Read,
        FaultKind.DiskFull => IsChange(operation) || IsSync(operation) || operation is StorageOperationKind.Open,
        FaultKind.ReadOnly => IsChange(operation) || IsSync(operation),
        FaultKind.AccessDenied => operation is StorageOperationKind.Open or StorageOperationKind.List || IsNameChange(operation),
        FaultKind.TooManyOpenFiles => operation is StorageOperationKind.Open or StorageOperationKind.List or StorageOperationKind.SyncDirectory,
        FaultKind.ShortWrite or FaultKind.LostWrite or FaultKind.MisdirectedInFile or FaultKind.MisdirectedToOther => operation is StorageOperationKind.Write,
        FaultKind.ClockForward or FaultKind.ClockBack => IsChange(operation) || IsSync(operation),
        FaultKind.SyncForgotten or FaultKind.JournalAborted => IsSync(operation),
        _ => operation is StorageOperationKind.Sync or StorageOperationKind.SyncData,
    };

    /// <summary>Whether it may also last from then on.</summary>
    public static bool MayLast(FaultKind kind) =>
        kind is FaultKind.IoError or FaultKind.ReadError or FaultKind.DiskFull or FaultKind.ReadOnly or FaultKind.AccessDenied or FaultKind.TooManyOpenFiles or FaultKind.SyncForgotten;

    /// <summary>Whether the engine is told that something was done that was not.</summary>
    public static bool Lies(FaultKind kind) => kind is FaultKind.LostWrite or FaultKind.MisdirectedInFile or FaultKind.MisdirectedToOther;

    /// <summary>
    /// Whether it is tried with a workload. Lies are not where transactions write files: one that is damaged is found when it is read, by whoever wrote it too, and nothing else
    /// depends on it.
    /// </summary>
    public static bool IsTriedWith(FaultKind kind, string workload) => !(Lies(kind) && WorkloadMix.Require(workload).WritesFiles);

    /// <summary>Whether it is no failure of the disk at all.</summary>
    public static bool IsClock(FaultKind kind) => kind is FaultKind.ClockForward or FaultKind.ClockBack;

    public static bool IsSync(StorageOperationKind operation) =>
        operation is StorageOperationKind.Sync or StorageOperationKind.SyncData or StorageOperationKind.SyncDirectory;

    /// <summary>What the file system answers.</summary>
    public static StorageFault AnswerOf(FaultKind kind) => kind switch
    {
        FaultKind.DiskFull => StorageFault.DiskFull,
        FaultKind.ReadOnly => StorageFault.ReadOnly,
        FaultKind.AccessDenied => StorageFault.AccessDenied,
        FaultKind.TooManyOpenFiles => StorageFault.TooManyOpenFiles,
        _ => StorageFault.Failed,
    };

    private static bool IsChange(StorageOperationKind operation) =>
        operation is StorageOperationKind.Write or StorageOperationKind.SetLength or StorageOperationKind.Allocate || IsNameChange(operation);

    private static bool IsNameChange(StorageOperationKind operation) =>
        operation is StorageOperationKind.CreateDirectory or StorageOperationKind.Rename or StorageOperationKind.Link or StorageOperationKind.Delete;
}
