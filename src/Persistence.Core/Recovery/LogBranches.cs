using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>
/// The branches of a log (Wal/FORMAT.md §5.12): those that ROOT lists, and those that begin with a segment whose header is known. Positions are never used twice and only grow: so where branches forked and began says what the
/// history of any position is, whether the segments of it are still there or not.
/// </summary>
internal sealed class LogBranches
{
    // The newest first.
    private readonly (Lsn First, Lsn ForkedAt)[] _branches;

    /// <param name="listed">As ROOT lists them.</param>
    /// <param name="headers">Headers of segments that count.</param>
    public LogBranches(IReadOnlyList<RootBranch> listed, IEnumerable<SegmentHeader> headers) =>
        _branches =
        [
            .. listed.Select(static branch => (branch.First, branch.ForkedAt))
                .Concat(headers.Where(static header => header.BeginsBranch).Select(static header => (header.FirstLsn, header.PreviousEnd)))
                .Distinct().OrderDescending(),
        ];

    /// <summary>The parts of the log that lead to a position, oldest first: each begins where a branch does, and ends where it was left for the next.</summary>
    /// <param name="end">The position, which is behind what counts; <see cref="Lsn.Max"/> for the current history.</param>
    public IReadOnlyList<(Lsn From, Lsn To)> HistoryOf(Lsn end)
    {
        List<(Lsn From, Lsn To)> parts = [];
        Lsn to = end;
        foreach ((Lsn first, Lsn forkedAt) in _branches)
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

    /// <summary>Whether what ends at a position is none of the current history: it was left.</summary>
    public bool IsLeft(Lsn end)
    {
        IReadOnlyList<(Lsn From, Lsn To)> parts = HistoryOf(Lsn.Max);
        return Enumerable.Range(1, parts.Count - 1).Any(i => parts[i - 1].To < end && end < parts[i].From);
    }

    /// <summary>Where the current history leaves a segment, or null where it does not within it.</summary>
    public Lsn? FindFork(SegmentHeader header) =>
        HistoryOf(Lsn.Max).SkipLast(1).Select(static part => (Lsn?)part.To).LastOrDefault(fork => fork >= header.FirstFrameLsn && fork <= header.NextFirstLsn);
}
