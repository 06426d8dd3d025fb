using Persistence.Checkpoints;
using Persistence.Engine;
using Persistence.Locking;

namespace PersistenceModule;

/// <summary>What there is to know of a store without holding it.</summary>
public sealed class WalStoreInfo
{
    internal WalStoreInfo(WalStore store, LockOwner? writer)
    {
        StoreStatus status = store.Engine.GetStatus();
        IReadOnlyList<CheckpointInfo> checkpoints = store.Engine.GetCheckpoints();
        Path = store.Path;
        StoreId = status.StoreId;
        Epoch = status.Epoch;
        ItemCount = store.ItemCount;
        SessionCount = store.SessionCount;
        EntityCount = store.EntityCount;
        ActiveSegment = status.ActiveSegment;
        DurableLsn = status.DurableLsn.Value;
        CheckpointCount = checkpoints.Count;
        LastCheckpoint = checkpoints.LastOrDefault(static one => one.Created is not null)?.Created?.ToLocalTime();
        WasClean = store.Recovery.WasClean;
        Writer = writer;
        Fault = status.Fault?.Message;
        Degraded = status.Degraded?.Message;
    }

    /// <summary>The full path of its directory.</summary>
    public string Path { get; }

    /// <summary>Which store it is.</summary>
    public Guid StoreId { get; }

    /// <summary>How often a new history has begun: 1, and one more after each unclean end.</summary>
    public long Epoch { get; }

    /// <summary>How many state items there are.</summary>
    public int ItemCount { get; }

    /// <summary>How many terminal sessions there are.</summary>
    public int SessionCount { get; }

    /// <summary>How many entities there are.</summary>
    public int EntityCount { get; }

    /// <summary>Number of the log segment being written.</summary>
    public long ActiveSegment { get; }

    /// <summary>Everything below this position of the log is known to be durable.</summary>
    public long DurableLsn { get; }

    /// <summary>How many checkpoints there are.</summary>
    public int CheckpointCount { get; }

    /// <summary>When the newest checkpoint was taken, or null.</summary>
    public DateTimeOffset? LastCheckpoint { get; }

    /// <summary>Whether the last writer had closed the store when this was read; never so while one holds it.</summary>
    public bool WasClean { get; }

    /// <summary>Who holds the store for writing, as far as that is known, or who held it when it was not closed; null after a clean end.</summary>
    public LockOwner? Writer { get; }

    /// <summary>The failure that stopped the handle, or null.</summary>
    public string? Fault { get; }

    /// <summary>The last failure beside the commits that the handle got over, or null.</summary>
    public string? Degraded { get; }
}
