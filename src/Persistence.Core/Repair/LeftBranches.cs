using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Repair;

/// <summary>Which positions of a log lie on histories that were left (Wal/FORMAT.md §5.12), when not every header that would tell is there: by the branches that ROOT lists and those that begin with a segment still readable.</summary>
internal sealed class LeftBranches
{
    private readonly List<(Lsn ForkedAt, Lsn First)> _left = [];

    /// <param name="root">ROOT, read or guessed.</param>
    /// <param name="headers">Headers of segments that count.</param>
    public LeftBranches(RootRecord root, IEnumerable<SegmentHeader> headers)
    {
        IEnumerable<(Lsn ForkedAt, Lsn First)> begun = headers.Where(static header => header.BeginsBranch).Select(static header => (header.PreviousEnd, header.FirstLsn));
        Lsn known = Lsn.Max;
        // From the newest backwards: a branch that begins on a history that was left says nothing of the current one.
        foreach ((Lsn forkedAt, Lsn first) in root.Branches.Select(static branch => (branch.ForkedAt, branch.First)).Concat(begun).OrderByDescending(static branch => branch.First).Where(branch => branch.First <= known))
        {
            _left.Add((forkedAt, first));
            known = forkedAt;
        }
    }

    /// <summary>Whether what ends at a position was left.</summary>
    public bool Has(Lsn end) => _left.Exists(left => left.ForkedAt < end && end < left.First);

    /// <summary>Where the current history leaves a segment, or null where it does not within it.</summary>
    public Lsn? FindFork(SegmentHeader header)
    {
        foreach ((Lsn forkedAt, _) in _left)
        {
            if (forkedAt >= header.FirstFrameLsn && forkedAt <= header.NextFirstLsn)
                return forkedAt;
        }

        return null;
    }
}
