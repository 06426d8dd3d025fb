using Persistence.Recovery;
using Persistence.State;

namespace Persistence.Repair;

/// <summary>What a repair found, kept, moved and left out.</summary>
public sealed record RepairReport
{
    /// <summary>The damaged store.</summary>
    public Guid StoreId { get; init; }

    /// <summary>How it was repaired.</summary>
    public RepairMode Mode { get; init; }

    /// <summary>Whether anything was written, or only planned.</summary>
    public bool Applied { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The store that a salvage has made, or null.</summary>
    public Guid? NewStoreId { get; init; }

    /// <summary>The checkpoint that the state was rebuilt from, or null for the beginning of the log.</summary>
    public long? CheckpointId { get; init; }

    /// <summary>Where the log that could be read ends.</summary>
    public Lsn EndLsn { get; init; }

    /// <summary>Items loaded from the checkpoint.</summary>
    public long ItemsLoaded { get; init; }

    /// <summary>Records applied to states.</summary>
    public long RecordsApplied { get; init; }

    /// <summary>What cannot be read.</summary>
    public IReadOnlyList<DamagedRange> DamagedRanges { get; init; } = [];

    /// <summary>What the outcome lacks, one sentence each.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Everything else that is noteworthy.</summary>
    public IReadOnlyList<RecoveryFinding> Findings { get; init; } = [];

    /// <summary>Files moved to quarantine, by their names there.</summary>
    public IReadOnlyList<string> Quarantined { get; init; } = [];

    /// <summary>What was done, or would be, one sentence each.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
}
