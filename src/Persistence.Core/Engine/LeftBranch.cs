using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// Tells whether a reader stands on a history that was left (Wal/FORMAT.md §6.8). Values in, decision out. Positions are never used twice and only grow: so where branches forked and began says what the history of any position is,
/// whether the segments of it are still there or not.
/// </summary>
internal static class LeftBranch
{
    /// <summary>The last position that the current history shares with the one a reader has followed.</summary>
    /// <param name="listed">The branches ROOT lists: the newest there were.</param>
    /// <param name="current">The current history.</param>
    /// <param name="catalog">The segments.</param>
    /// <param name="standing">The segment the reader stands in; null when it has only a position.</param>
    /// <param name="next">What it would read next.</param>
    /// <returns>Null when it has read nothing that is not part of the current history.</returns>
    public static Lsn? FindFork(IReadOnlyList<RootBranch> listed, LogPath current, SegmentCatalog catalog, SegmentHeader? standing, Lsn next)
    {
        IEnumerable<SegmentHeader?> headers = current.Segments.Select(static segment => segment.Header).Concat(FindFollowed(catalog, standing, next));
        (Lsn First, Lsn ForkedAt)[] branches =
            [.. headers.Where(static header => header is { BeginsBranch: true }).Select(static header => (header!.FirstLsn, header.PreviousEnd))
                .Concat(listed.Select(static branch => (branch.First, branch.ForkedAt))).Distinct().OrderDescending()];
        return FindFork(HistoryOf(branches, next), HistoryOf(branches, Lsn.Max), next);
    }

    /// <summary>The branch of the current history that has left a position, whose segment need not be there any more: between a fork and where the branch begins nothing counts.</summary>
    public static SegmentHeader? FindBranchAbove(LogPath current, Lsn position) =>
        current.Segments.Select(static segment => segment.Header!).FirstOrDefault(header => header.BeginsBranch && header.PreviousEnd < position && position <= header.FirstLsn);

    /// <summary>What leads to the segment the reader stands in, as far as it is there.</summary>
    private static IEnumerable<SegmentHeader?> FindFollowed(SegmentCatalog catalog, SegmentHeader? standing, Lsn next)
    {
        SegmentInfo? segment = catalog.Segments.Concat(catalog.Archived).FirstOrDefault(segment => segment.Header is SegmentHeader header
            && (standing is null ? header.FirstFrameLsn <= next && next <= header.NextFirstLsn : header == standing));
        return segment is null ? [standing] : LogPath.To(segment, catalog).Segments.Select(static segment => segment.Header);
    }

    /// <summary>The parts of the log that lead to a position, oldest first: each begins where a branch does, and ends where it was left for the next.</summary>
    /// <param name="branches">The newest first.</param>
    /// <param name="end">The position, which is behind what counts.</param>
    private static List<(Lsn From, Lsn To)> HistoryOf(IEnumerable<(Lsn First, Lsn ForkedAt)> branches, Lsn end)
    {
        List<(Lsn From, Lsn To)> parts = [];
        Lsn to = end;
        foreach ((Lsn first, Lsn forkedAt) in branches)
        {
            // A branch that begins above is another history's. At the position itself it has not begun; but it has where it was forked from there.
            if (first > to || (first == to && parts.Count == 0))
                continue;
            parts.Add((first, to));
            to = forkedAt;
        }

        parts.Add((Lsn.None, to));
        parts.Reverse();
        return parts;
    }

    private static Lsn? FindFork(List<(Lsn From, Lsn To)> followed, List<(Lsn From, Lsn To)> current, Lsn next)
    {
        int shared = 0;
        while (shared + 1 < Math.Min(followed.Count, current.Count) && followed[shared] == current[shared] && followed[shared + 1].From == current[shared + 1].From)
            shared++;
        Lsn fork = Lsn.Earlier(followed[shared].To, current[shared].To);
        return fork < next ? fork : null;
    }
}
