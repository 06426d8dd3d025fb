using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>One way to rebuild the state: a checkpoint (or nothing) and the log from there.</summary>
/// <param name="Chain">What is loaded, in order: a full checkpoint and the increments that build on it; empty for the empty state at the beginning of the log.</param>
/// <param name="RedoFrom">Where replay starts.</param>
/// <param name="Segments">The contiguous segments replay needs, oldest first.</param>
/// <param name="Refusal">Why it cannot be used, or null.</param>
internal sealed record StartingPoint(IReadOnlyList<RootCheckpoint> Chain, Lsn RedoFrom, IReadOnlyList<SegmentInfo> Segments, StoreException? Refusal)
{
    /// <summary>The segment that says where the last of them ends, or null where that is open.</summary>
    public SegmentHeader? Successor { get; init; }

    /// <summary>The checkpoint whose state it is, or null.</summary>
    public RootCheckpoint? Checkpoint => Chain.Count == 0 ? null : Chain[^1];
}
