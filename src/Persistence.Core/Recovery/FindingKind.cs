namespace Persistence.Recovery;

/// <summary>What recovery or a check came across.</summary>
public enum FindingKind
{
    /// <summary>The last writer did not close the store.</summary>
    UncleanShutdown,

    /// <summary>A process has the store open for writing.</summary>
    WriterActive,

    /// <summary>A copy of ROOT is damaged; another one was believed.</summary>
    RootCopyDamaged,

    /// <summary>No copy of ROOT is valid.</summary>
    RootLost,

    /// <summary>A listed checkpoint cannot be used.</summary>
    CheckpointInvalid,

    /// <summary>A checkpoint file was never published.</summary>
    CheckpointUnlisted,

    /// <summary>A segment was prepared and never used.</summary>
    SegmentNeverUsed,

    /// <summary>A transaction whose commit is not in the log was rolled back.</summary>
    TransactionRolledBack,

    /// <summary>The log ends in an incomplete frame that no flush is known to have covered.</summary>
    TornTail,

    /// <summary>Durable bytes of the log are damaged.</summary>
    Damage,

    /// <summary>A needed segment is missing.</summary>
    SequenceGap,

    /// <summary>A segment that the log lacks, or that is damaged there, was read from the archive.</summary>
    ArchivedCopyUsed,

    /// <summary>An archived segment is damaged: the log it held can no longer be read.</summary>
    ArchiveDamaged,

    /// <summary>Bytes that recovery does not need are damaged.</summary>
    DamageNotNeeded,

    /// <summary>A file of another store.</summary>
    ForeignFile,

    /// <summary>A file the store does not know.</summary>
    UnknownFile,

    /// <summary>A leftover of an operation that was cut short.</summary>
    Leftover,

    /// <summary>A file that a transaction has written is damaged or missing.</summary>
    FileDamaged,

    /// <summary>A file of a backup is damaged or missing.</summary>
    BackupDamaged,

    /// <summary>The rebuilt state breaks one of its own rules.</summary>
    StateViolation,

    /// <summary>The clock of those who wrote the log went back: a time does not tell one position.</summary>
    ClockWentBack,

    /// <summary>A part of the log is left out by going back to an earlier state.</summary>
    HistoryLeft,

    /// <summary>Written by a newer version.</summary>
    Unsupported,
}
