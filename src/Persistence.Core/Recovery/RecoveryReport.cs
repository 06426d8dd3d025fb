using Persistence.State;

namespace Persistence.Recovery;

/// <summary>What a recovery found, kept, dropped and repaired, and how long it took.</summary>
public sealed record RecoveryReport
{
    /// <summary>The store.</summary>
    public Guid StoreId { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The mode it ran in.</summary>
    public RecoveryMode Mode { get; init; }

    /// <summary>The moment whose state was asked for, or null for the newest.</summary>
    public RecoveryTarget? Target { get; init; }

    /// <summary>The position that was reached: every commit below it counts, and none above.</summary>
    public Lsn ReachedLsn => EndLsn;

    /// <summary>When the last commit that counts was made; null when none was replayed.</summary>
    public DateTimeOffset? ReachedTime { get; init; }

    /// <summary>Records of the history there was that do not count at the target; null without one, or when they could not be counted.</summary>
    public long? RecordsLeftOut { get; init; }

    /// <summary>Whether the last writer had closed the store.</summary>
    public bool WasClean { get; init; }

    /// <summary>Whether anything was written, or only planned (read-only opening, WhatIf).</summary>
    public bool Applied { get; init; }

    /// <summary>The checkpoint it started from, or null for the beginning of the log.</summary>
    public long? CheckpointId { get; init; }

    /// <summary>Where replay started.</summary>
    public Lsn RedoFrom { get; init; }

    /// <summary>Where the log ended, or the target was reached.</summary>
    public Lsn EndLsn { get; init; }

    /// <summary>Everything below it is known to have been flushed before the crash.</summary>
    public Lsn ProvenLsn { get; init; }

    /// <summary>Records replayed into states.</summary>
    public long RecordsReplayed { get; init; }

    /// <summary>Frames read.</summary>
    public long FramesRead { get; init; }

    /// <summary>Items loaded from the checkpoint.</summary>
    public long ItemsLoaded { get; init; }

    /// <summary>Segments read.</summary>
    public int SegmentsRead { get; init; }

    /// <summary>The epoch the store continues in.</summary>
    public long Epoch { get; init; }

    /// <summary>Everything noteworthy.</summary>
    public IReadOnlyList<RecoveryFinding> Findings { get; init; } = [];

    /// <summary>Files moved or copied to quarantine, by their names there.</summary>
    public IReadOnlyList<string> Quarantined { get; init; } = [];

    /// <summary>What was done, or would be, one sentence each.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
}
