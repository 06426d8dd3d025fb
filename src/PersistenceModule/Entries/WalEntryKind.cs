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
}
