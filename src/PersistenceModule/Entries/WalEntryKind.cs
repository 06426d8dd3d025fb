namespace PersistenceModule;

/// <summary>What an entry of the log records.</summary>
public enum WalEntryKind
{
    /// <summary>Something this version of the module has no name for.</summary>
    Other,

    /// <summary>A state item was written.</summary>
    StateItemSet,

    /// <summary>A state item was removed, or was not there when its removal was asked for.</summary>
    StateItemRemoved,

    /// <summary>An application record.</summary>
    Record,

    /// <summary>A checkpoint was published.</summary>
    Checkpoint,

    /// <summary>A file was written.</summary>
    FileWritten,

    /// <summary>A file was removed, or was not there when its removal was asked for.</summary>
    FileRemoved,

    /// <summary>A transaction that takes several frames of the log begins; of one that takes a single frame nothing is noted.</summary>
    TransactionBegun,

    /// <summary>A transaction that takes several frames ends: it counts.</summary>
    TransactionCommitted,

    /// <summary>A transaction that takes several frames ends: nothing of it counts, and none of its entries is shown.</summary>
    TransactionAborted,

    /// <summary>A transaction was rolled back: a note, made when the store was opened with -AuditTransactions.</summary>
    TransactionRolledBack,

    /// <summary>What was committed before it has been done to the files, in their directory.</summary>
    FilesInPlace,
}
