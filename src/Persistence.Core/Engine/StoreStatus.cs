using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>A store's figures at one moment.</summary>
public sealed record StoreStatus
{
    /// <summary>The store.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>The epoch it writes in.</summary>
    public required long Epoch { get; init; }

    /// <summary>Its durability mode.</summary>
    public required DurabilityMode Durability { get; init; }

    /// <summary>Whether this handle may only read.</summary>
    public required bool IsReadOnly { get; init; }

    /// <summary>Everything below is durable.</summary>
    public required Lsn DurableLsn { get; init; }

    /// <summary>Sequence of the active segment.</summary>
    public required long ActiveSegment { get; init; }

    /// <summary>The newest checkpoint's id, or null.</summary>
    public long? LastCheckpointId { get; init; }

    /// <summary>Bytes of log since the newest checkpoint, which the next opening has to replay. For a handle that only reads: those its own opening replayed.</summary>
    public long LogBytesSinceCheckpoint { get; init; }

    /// <summary>What the log has done since it was opened.</summary>
    public LogStatistics Log { get; init; }

    /// <summary>What the last compaction since the store was opened has done, or null.</summary>
    public CompactionReport? LastCompaction { get; init; }

    /// <summary>How the compaction that is going on comes along, or null.</summary>
    public CompactionProgress? RunningCompaction { get; init; }

    /// <summary>Why the last compaction that was due has failed, or null. It is tried again.</summary>
    public Exception? CompactionFailure { get; init; }

    /// <summary>Why a segment that is to leave the log could not be archived yet, or null. It is tried again.</summary>
    public Exception? ArchiveFailure { get; init; }

    /// <summary>How long things took lately; null where the host has no telemetry.</summary>
    public StoreTimings? Timings { get; init; }

    /// <summary>The failure that stopped the store, or null.</summary>
    public Exception? Fault { get; init; }

    /// <summary>
    /// Since when the disk is full: the store reads, deletes and takes checkpoints, and refuses other changes with <see cref="StoreError.DiskFull"/>, until there is space again. Null while it is not.
    /// </summary>
    public DateTimeOffset? FullSince { get; init; }

    /// <summary>The last failure of background work that the store got over (no space for a spare segment, say), or null.</summary>
    public Exception? Degraded { get; init; }
}
