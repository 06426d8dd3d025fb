namespace Persistence.Tests.Entities.Model;

internal enum EntityStepKind
{
    /// <summary>Several changes as one commit.</summary>
    Batch,

    /// <summary>Many changes as one commit, which takes several frames.</summary>
    Large,

    /// <summary>A commit that was made before a change of the schema.</summary>
    Stale,

    /// <summary>Several changes in a transaction, perhaps a part of them in nested ones, perhaps rolled back.</summary>
    Transaction,

    /// <summary>A change that cannot be made, behind one that can.</summary>
    Refused,

    /// <summary>A change of the schema.</summary>
    Schema,

    /// <summary>A change of the schema that cannot be made.</summary>
    SchemaRefused,

    /// <summary>A checkpoint, full or incremental.</summary>
    Checkpoint,

    /// <summary>A checkpoint that fails.</summary>
    CheckpointFails,

    /// <summary>The chain of checkpoints is merged.</summary>
    Compact,

    /// <summary>What a checkpoint would hold is captured, whole or what has changed since the last time: a few items, while other steps are taken between them.</summary>
    Capture,

    /// <summary>Closing and opening.</summary>
    Reopen,

    /// <summary>The process ends, or the power goes, between two changes.</summary>
    Crash,

    /// <summary>The same during a change.</summary>
    CrashInChange,

    /// <summary>Back to an earlier moment.</summary>
    Restore,

    /// <summary>A snapshot is opened.</summary>
    OpenSnapshot,

    /// <summary>A snapshot is looked at, and closed.</summary>
    CloseSnapshot,

    /// <summary>Entities are looked for.</summary>
    Query,
}
