using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>One way to rebuild the state: a checkpoint (or nothing) and the log from there.</summary>
/// <param name="Checkpoint">The checkpoint, or null for the empty state at the beginning of the log.</param>
/// <param name="RedoFrom">Where replay starts.</param>
/// <param name="Segments">The contiguous segments replay needs, oldest first.</param>
/// <param name="Refusal">Why it cannot be used, or null.</param>
internal sealed record StartingPoint(RootCheckpoint? Checkpoint, Lsn RedoFrom, IReadOnlyList<SegmentInfo> Segments, StoreException? Refusal);
