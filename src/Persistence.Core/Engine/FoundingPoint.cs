using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Where a new store takes up the history of another one.</summary>
/// <param name="Position">The states hold what was committed below.</param>
/// <param name="FreeLsn">Above every position the other store may have used.</param>
/// <param name="Sequence">The last segment of the other store.</param>
/// <param name="Epoch">The greatest epoch of the other store.</param>
/// <param name="CheckpointId">The number that its next checkpoint would have had.</param>
internal sealed record FoundingPoint(LogPosition Position, Lsn FreeLsn, long Sequence, long Epoch, long CheckpointId)
{
    /// <summary>The position where rebuilding another store's state has ended.</summary>
    public static FoundingPoint Of(RootRecord root, Recovery.RecoveryPlan plan, LogPosition position) =>
        new(position, plan.FreeLsn, plan.GreatestSequence, plan.GreatestEpoch, root.NextCheckpointId);
}
