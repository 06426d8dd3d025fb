using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Tells whether a reader stands on a history that was left (Wal/FORMAT.md §6.8). Values in, decision out.</summary>
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
        LogBranches branches = new(listed, current.Segments.Select(static segment => segment.Header).Concat(FindFollowed(catalog, standing, next)).OfType<SegmentHeader>());
        return FindFork(branches.HistoryOf(next), branches.HistoryOf(Lsn.Max), next);
    }

    /// <summary>What leads to the segment the reader stands in, as far as it is there.</summary>
    private static IEnumerable<SegmentHeader?> FindFollowed(SegmentCatalog catalog, SegmentHeader? standing, Lsn next)
    {
        SegmentInfo? segment = catalog.Segments.Concat(catalog.Archived).FirstOrDefault(segment => segment.Header is SegmentHeader header
            && (standing is null ? header.FirstFrameLsn <= next && next <= header.NextFirstLsn : header == standing));
        return segment is null ? (SegmentHeader?[])[standing] : LogPath.To(segment, catalog).Segments.Select(static segment => segment.Header);
    }

    private static Lsn? FindFork(IReadOnlyList<(Lsn From, Lsn To)> followed, IReadOnlyList<(Lsn From, Lsn To)> current, Lsn next)
    {
        int shared = 0;
        while (shared + 1 < Math.Min(followed.Count, current.Count) && followed[shared] == current[shared] && followed[shared + 1].From == current[shared + 1].From)
            shared++;
        Lsn fork = Lsn.Earlier(followed[shared].To, current[shared].To);
        return fork < next ? fork : null;
    }
}
