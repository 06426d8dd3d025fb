using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>What rebuilding found; the states themselves are in the models.</summary>
/// <param name="Start">The starting point that was used.</param>
/// <param name="End">Where the log ended.</param>
/// <param name="Newest">The segment it ended in.</param>
/// <param name="Counts">How much was read.</param>
internal sealed record RebuiltState(StartingPoint Start, LogEnd End, SegmentInfo Newest, ReplayCounts Counts)
{
    /// <summary>When the last record that was replayed was made, 100 ns units since 1970-01-01 UTC; null for none.</summary>
    public long? LastTimestamp { get; init; }
}
