using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>What a handle that is open for writing has done since it was opened.</summary>
public sealed class WalActivity
{
    internal WalActivity(StoreStatus status)
    {
        LogStatistics log = status.Log;
        StoreTimings timings = status.Timings ?? new StoreTimings();
        Commits = log.Commits;
        Records = log.Records;
        Frames = log.Frames;
        Flushes = log.Flushes;
        WrittenBytes = log.BytesWritten;
        SegmentsBegun = log.Rolls;
        FlushMs = timings.FlushMs;
        RecordsPerFrame = timings.FrameRecords;
        BytesPerFrame = timings.FrameBytes;
        TransactionsCommitted = timings.TransactionsCommitted;
        TransactionsRolledBack = timings.TransactionsRolledBack;
        TransactionsAborted = timings.TransactionsAborted;
        TransactionConflicts = timings.TransactionConflicts;
        TransactionMs = timings.TransactionMs;
        CheckpointsTaken = timings.CheckpointsTaken;
        LastCheckpointDuration = timings.LastCheckpointDuration;
        LastCompaction = status.LastCompaction;
        RunningCompaction = status.RunningCompaction;
        CompactionError = status.CompactionFailure?.Message;
    }

    /// <summary>What the last compaction has done, or null.</summary>
    public CompactionReport? LastCompaction { get; }

    /// <summary>How the compaction that is going on comes along, or null.</summary>
    public CompactionProgress? RunningCompaction { get; }

    /// <summary>Why the last compaction that was due has failed, or null.</summary>
    public string? CompactionError { get; }

    /// <summary>Commits.</summary>
    public long Commits { get; }

    /// <summary>Records of these.</summary>
    public long Records { get; }

    /// <summary>Frames written, markers included.</summary>
    public long Frames { get; }

    /// <summary>Flushes.</summary>
    public long Flushes { get; }

    /// <summary>Bytes of frames written, padding included.</summary>
    public long WrittenBytes { get; }

    /// <summary>Segments begun.</summary>
    public long SegmentsBegun { get; }

    /// <summary>How long the last few thousand flushes took, in milliseconds.</summary>
    public Distribution FlushMs { get; }

    /// <summary>Records in each of the last few thousand frames.</summary>
    public Distribution RecordsPerFrame { get; }

    /// <summary>Bytes of each of the last few thousand frames.</summary>
    public Distribution BytesPerFrame { get; }

    /// <summary>Transactions that were committed. Here and below nested ones are part of the one they are nested in.</summary>
    public long TransactionsCommitted { get; }

    /// <summary>Transactions that were rolled back on purpose, or by leaving their block.</summary>
    public long TransactionsRolledBack { get; }

    /// <summary>Transactions that could not be committed and were rolled back: a conflict, a validator, their time.</summary>
    public long TransactionsAborted { get; }

    /// <summary>How many of these had a conflict with another commit.</summary>
    public long TransactionConflicts { get; }

    /// <summary>How long the last few thousand transactions took from their beginning to their end, in milliseconds.</summary>
    public Distribution TransactionMs { get; }

    /// <summary>Checkpoints taken.</summary>
    public long CheckpointsTaken { get; }

    /// <summary>How long the last of them took, or null.</summary>
    public TimeSpan? LastCheckpointDuration { get; }
}
