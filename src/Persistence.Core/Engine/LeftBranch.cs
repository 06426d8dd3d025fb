using Persistence.Recovery;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Tells whether a reader stands on a branch of the log that was left (Wal/FORMAT.md §6.8). Values in, decision out.</summary>
internal static class LeftBranch
{
    /// <summary>The last position that the current history shares with the one a reader has followed.</summary>
    /// <param name="current">The current history.</param>
    /// <param name="catalog">The segments.</param>
    /// <param name="standing">The segment the reader stands in; null when it has only a position.</param>
    /// <param name="next">What it would read next.</param>
    /// <returns>Null when it has read nothing that is not part of the current history.</returns>
    public static Lsn? FindFork(LogPath current, SegmentCatalog catalog, SegmentHeader? standing, Lsn next)
    {
        standing ??= catalog.Segments.Concat(catalog.Archived).Select(static segment => segment.Header).FirstOrDefault(header => header is not null && header.FirstFrameLsn <= next && next <= header.NextFirstLsn);
        if (standing is not null && current.IndexOf(standing) is int index)
            return EndsInBranch(current, index) && next > current.EndOf(index) ? current.EndOf(index) : null;
        LogPath? path = standing is not null && catalog.Segments.Concat(catalog.Archived).FirstOrDefault(segment => segment.Header == standing) is SegmentInfo left ? LogPath.To(left, catalog) : null;
        if (path is not null && current.FindFork(path) is (_, Lsn shared))
            return shared;
        if (FindBranchAbove(current, next) is SegmentHeader branch)
            return EarliestFork(path?.Segments.Select(static segment => segment.Header) ?? [standing], branch.PreviousEnd);
        if (standing is null)
            return null;
        // Its file is gone, and with it who came before it: it was retired, or it was left where a later branch begins.
        int before = current.Segments.Count - 1;
        while (before >= 0 && current.Segments[before].Sequence > standing.Sequence)
            before--;
        return before >= 0 && EndsInBranch(current, before) ? current.EndOf(before) : null;
    }

    /// <summary>The branch of the current history that has left a position, whose segment need not be there any more: between a fork and where the branch begins nothing counts.</summary>
    public static SegmentHeader? FindBranchAbove(LogPath current, Lsn position) =>
        current.Segments.Select(static segment => segment.Header!).FirstOrDefault(header => header.BeginsBranch && header.PreviousEnd < position && position <= header.FirstLsn);

    /// <summary>What was followed may have left the current history before that was left itself.</summary>
    private static Lsn EarliestFork(IEnumerable<SegmentHeader?> followed, Lsn fork) =>
        followed.Where(static header => header is { BeginsBranch: true }).Aggregate(fork, static (earliest, header) => Lsn.Earlier(earliest, header!.PreviousEnd));

    private static bool EndsInBranch(LogPath current, int index) => index + 1 < current.Segments.Count && current.Segments[index + 1].Header!.BeginsBranch;
}
