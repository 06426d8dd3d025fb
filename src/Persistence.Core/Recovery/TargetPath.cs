using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>Finds the history that a position belongs to: the current one, or one that was left (Wal/FORMAT.md §5.12). Values in, decision out.</summary>
internal static class TargetPath
{
    /// <summary>The history that leads to a position.</summary>
    /// <returns>Null when no segment that is kept has it.</returns>
    public static LogPath? Find(LogPath current, SegmentCatalog catalog, IReadOnlyList<SegmentInfo> neverUsed, Lsn target)
    {
        if (current.TryCut(target) is LogPath cut)
            return cut;
        SegmentInfo? left = catalog.Segments.Concat(catalog.Archived).FirstOrDefault(
            segment => segment.Header is SegmentHeader header && header.FirstFrameLsn <= target && target <= header.NextFirstLsn && !neverUsed.Contains(segment));
        return left is null ? null : LogPath.To(left, catalog, FindContinuation(left.Header!, catalog)).TryCut(target);
    }

    /// <summary>ROOT's word on where the log ends is of the current history. Of another one the headers that leave it, and its own, tell what was synced.</summary>
    public static RootRecord RootFor(LogPath path, LogPath current, SegmentCatalog catalog, RootRecord root)
    {
        int? index = current.IndexOf(path.Last.Header!);
        bool isCurrent = index is int i && path.Successor == (i + 1 < current.Segments.Count ? current.Segments[i + 1].Header : current.Successor);
        if (isCurrent)
            return root;
        SegmentHeader last = path.Last.Header!;
        Lsn floor = catalog.Segments.Where(segment => segment.Header?.PreviousSequence == last.Sequence)
            .Aggregate(last.PreviousEnd, (floor, segment) => Lsn.Later(floor, segment.Header!.PreviousEnd));
        return root with { Clean = false, DurableFloor = floor };
    }

    /// <summary>Why no state belongs to a position that no segment has.</summary>
    public static UnreachableTargetException NotThere(LogPath current, Lsn target, Lsn reachableFrom, Lsn reachableTo)
    {
        SegmentHeader oldest = current.Segments[0].Header!;
        return target < oldest.FirstFrameLsn && oldest.PreviousSequence != 0
            ? new UnreachableTargetException(StoreError.LogTruncated, target, reachableFrom, reachableTo, "the log of that time is no longer kept")
            : new UnreachableTargetException(StoreError.PositionNotInLog, target, reachableFrom, reachableTo, "no frame begins, lies or ends there");
    }

    /// <summary>The segment that went on with the history of another one, when that was not left at its end.</summary>
    private static SegmentHeader? FindContinuation(SegmentHeader header, SegmentCatalog catalog) =>
        catalog.Segments.Concat(catalog.Archived).Select(segment => segment.Header).FirstOrDefault(next => next is not null && !next.BeginsBranch && LogPath.Continues(next, header));
}
