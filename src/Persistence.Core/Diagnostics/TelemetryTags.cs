namespace Persistence.Diagnostics;

/// <summary>The names of tags. Dashboards know them; they never change. None of them may ever hold a payload, a key or a path.</summary>
internal static class TelemetryTags
{
    /// <summary>The store: the name its host gave it, else its id.</summary>
    public const string Store = "persistence.store";

    /// <summary>The durability mode of a handle open for writing: sync, batch or none.</summary>
    public const string Durability = "persistence.durability";

    /// <summary>What a handle is open for: write or read.</summary>
    public const string Access = "persistence.access";

    /// <summary>What was done: open, commit, flush, checkpoint, space, transaction, close.</summary>
    public const string Operation = "persistence.operation";

    /// <summary>Whether the last writer had closed the store.</summary>
    public const string WasClean = "persistence.recovery.clean";

    /// <summary>How many records were replayed.</summary>
    public const string RecordsReplayed = "persistence.recovery.records";

    /// <summary>A checkpoint's number.</summary>
    public const string CheckpointId = "persistence.checkpoint.id";

    /// <summary>How many bytes a checkpoint's file has.</summary>
    public const string CheckpointBytes = "persistence.checkpoint.size";

    /// <summary>How a transaction has ended: committed, rolled_back, aborted or unknown.</summary>
    public const string Outcome = "persistence.transaction.outcome";

    /// <summary>How many changes a transaction held when it ended.</summary>
    public const string Changes = "persistence.transaction.changes";

    /// <summary>Whether a transaction's commit took several frames of the log.</summary>
    public const string SeveralFrames = "persistence.transaction.several_frames";

    /// <summary>The kind of an error: the name of its <see cref="StoreError"/>, or the type of another exception.</summary>
    public const string ErrorType = "error.type";

    /// <summary>For StoreFaulted: the kind of the failure that stopped the store.</summary>
    public const string ErrorCause = "persistence.error.cause";
}
