namespace Persistence.CrashKit.Oracle;

/// <summary>What a worker did to its store.</summary>
public enum OperationKind
{
    /// <summary>Set one key.</summary>
    Put,

    /// <summary>Deleted one key.</summary>
    Delete,

    /// <summary>Several writes and deletes as one atomic step.</summary>
    Batch,

    /// <summary>Appended an application record to the log.</summary>
    Record,

    /// <summary>Took a checkpoint.</summary>
    Checkpoint,

    /// <summary>Asked for a new log segment.</summary>
    Rotate,

    /// <summary>Waited until everything acknowledged before was durable.</summary>
    Flush,

    /// <summary>Writes, deletes and perhaps an application record as one transaction, with others nested in it, some of which are rolled back.</summary>
    Transaction,

    /// <summary>A transaction that was rolled back.</summary>
    Rollback,

    /// <summary>Merged the newest checkpoint and its increments, and let go of the log that this covers.</summary>
    Compact,

    /// <summary>Changed the schema of a table of entities: one atomic step, which changes all that the table holds.</summary>
    Schema,
}
