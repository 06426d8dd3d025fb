namespace Persistence.Diagnostics;

/// <summary>How long things take and how large batches are, as one handle has seen it lately. Only for a store whose host has telemetry.</summary>
public sealed record StoreTimings
{
    /// <summary>Data syncs of the active segment, in milliseconds: the last few thousand.</summary>
    public Distribution FlushMs { get; init; }

    /// <summary>Records written by one flush: the last few thousand frames.</summary>
    public Distribution FrameRecords { get; init; }

    /// <summary>Bytes written by one flush, padding included: the last few thousand frames.</summary>
    public Distribution FrameBytes { get; init; }

    /// <summary>From the beginning of a transaction to its end, however it ended, in milliseconds: the last few thousand. Here and below nested ones are part of the one they are nested in.</summary>
    public Distribution TransactionMs { get; init; }

    /// <summary>Transactions of this handle that were committed.</summary>
    public long TransactionsCommitted { get; init; }

    /// <summary>Transactions of this handle that were rolled back by whoever had them.</summary>
    public long TransactionsRolledBack { get; init; }

    /// <summary>Transactions of this handle that were rolled back because they could not be committed: a conflict, a validator, their time.</summary>
    public long TransactionsAborted { get; init; }

    /// <summary>How many of these had a conflict: others had changed what they had read.</summary>
    public long TransactionConflicts { get; init; }

    /// <summary>Checkpoints taken by this handle.</summary>
    public long CheckpointsTaken { get; init; }

    /// <summary>How long the last of them took, or null.</summary>
    public TimeSpan? LastCheckpointDuration { get; init; }
}
