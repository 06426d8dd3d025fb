namespace Persistence.CrashKit.Faults;

/// <summary>Ways in which a disk, or the clock, lets a store down.</summary>
internal enum FaultKind
{
    /// <summary>EIO, nothing done.</summary>
    IoError,

    /// <summary>EIO, and done all the same.</summary>
    DoneButFailed,

    /// <summary>A read that the device does not give.</summary>
    ReadError,

    /// <summary>ENOSPC; from then on: the space is used up.</summary>
    DiskFull,

    /// <summary>EROFS.</summary>
    ReadOnly,

    /// <summary>EACCES.</summary>
    AccessDenied,

    /// <summary>EMFILE.</summary>
    TooManyOpenFiles,

    /// <summary>A prefix is written, then comes the error.</summary>
    ShortWrite,

    /// <summary>A write that is reported as done and never is.</summary>
    LostWrite,

    /// <summary>A write that lands elsewhere in the same file.</summary>
    MisdirectedInFile,

    /// <summary>A write that lands in another file.</summary>
    MisdirectedToOther,

    /// <summary>The wall clock is set forwards.</summary>
    ClockForward,

    /// <summary>The wall clock is set back.</summary>
    ClockBack,

    /// <summary>A failed sync after which pages count as clean (ext4, XFS).</summary>
    SyncForgotten,

    /// <summary>The same, and a handle opened later hears of it.</summary>
    SyncForgottenHeardLater,

    /// <summary>A failure that the next sync reports (ext4, data=journal).</summary>
    SyncReportedLate,

    /// <summary>A failed sync after which the file is what it was at the last one (btrfs).</summary>
    SyncReverted,

    /// <summary>A failed sync after which the whole file system is read-only.</summary>
    JournalAborted,
}
