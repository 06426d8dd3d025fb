using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>
/// One history: the contiguous segments that lead to one of them, oldest first. The one place where a list of segments becomes the log (Wal/FORMAT.md §5.12).
/// </summary>
/// <param name="Segments">The segments, at least one, all with a valid header.</param>
/// <param name="Successor">The segment that says where the last one ends in this history, or null where that is open.</param>
/// <param name="Gap">Why the history does not reach further back, or null where it begins there.</param>
internal sealed record LogPath(IReadOnlyList<SegmentInfo> Segments, SegmentHeader? Successor, StoreException? Gap)
{
    /// <summary>The segment it leads to.</summary>
    public SegmentInfo Last => Segments[^1];

    /// <summary>From the segment a history leads to, backwards: each header says where its predecessor ends.</summary>
    public static LogPath To(SegmentInfo last, SegmentCatalog catalog, SegmentHeader? successor = null)
    {
        Dictionary<long, SegmentInfo> bySequence = catalog.Segments.ToDictionary(segment => segment.Sequence);
        List<SegmentInfo> path = [last];
        SegmentHeader header = last.Header!;
        StoreException? gap = null;
        while (header.PreviousSequence != 0 && gap is null)
        {
            string name = SegmentNames.Path(header.PreviousSequence);
            bySequence.TryGetValue(header.PreviousSequence, out SegmentInfo? previous);
            if (FindCopy(header, catalog.Archived) is SegmentInfo copy)
                previous = previous?.Header is not null && Continues(header, previous.Header) ? previous with { Copy = copy } : copy;
            if (previous is null)
            {
                gap = new StoreException(StoreError.SequenceGap, $"Segment '{name}' is missing.") { File = name, Position = header.PreviousEnd.Value };
            }
            else if (previous.Header is null || !Continues(header, previous.Header))
            {
                gap = previous.Unreadable ?? new StoreException(StoreError.ChecksumMismatch, $"The header of segment '{name}' is damaged, or does not belong where its name puts it.") { File = name, Offset = 0 };
            }
            else
            {
                path.Add(previous);
                header = previous.Header;
            }
        }

        path.Reverse();
        return new LogPath(path, successor, gap);
    }

    /// <summary>Whether a segment's header fits the one it names as its predecessor, whose history it goes on with or leaves.</summary>
    public static bool Continues(SegmentHeader header, SegmentHeader previous) =>
        header.PreviousSequence == previous.Sequence
#if MUTANTS
        && (header.FirstLsn >= previous.NextFirstLsn || Mutants.Is(Mutants.LsnReused))
#else
        && header.FirstLsn >= previous.NextFirstLsn
#endif
        && header.PreviousEnd >= previous.FirstFrameLsn
        && header.PreviousEnd <= previous.NextFirstLsn
        && header.Epoch >= previous.Epoch;

    /// <summary>The archived segment that a header continues, to the frame.</summary>
    private static SegmentInfo? FindCopy(SegmentHeader header, IReadOnlyList<SegmentInfo> archived) =>
        archived.FirstOrDefault(segment => Continues(header, segment.Header!) && segment.Archived!.Covers(header));

    /// <summary>Where a segment ends in this history; null where that is open.</summary>
    public Lsn? EndOf(int index) => (index + 1 < Segments.Count ? Segments[index + 1].Header : Successor)?.PreviousEnd;

    /// <summary>Whether a position is one of this history, as far as headers tell: what lies before its oldest segment is not told apart.</summary>
    public bool Holds(Lsn lsn) => lsn < Segments[0].Header!.FirstFrameLsn || TryCut(lsn) is not null;

    /// <summary>The history up to the segment that has a position; null when none has.</summary>
    public LogPath? TryCut(Lsn lsn)
    {
        int index = Segments.Count - 1;
        while (index > 0 && Segments[index].Header!.FirstFrameLsn > lsn)
            index--;
        SegmentHeader header = Segments[index].Header!;
        // Where the segment before the oldest one ended, this one begins.
        if (lsn < header.FirstFrameLsn)
            return index == 0 && header.PreviousSequence != 0 && lsn == header.PreviousEnd ? CutAfter(0) : null;
        return lsn <= (EndOf(index) ?? header.NextFirstLsn) ? CutAfter(index) : null;
    }

    /// <summary>Where two histories part: the last segment they share, and the position in it up to which they do; null when they share none that is kept.</summary>
    public (int Index, Lsn Lsn)? FindFork(LogPath other)
    {
        int index = -1;
        while (index + 1 < Segments.Count && other.IndexOf(Segments[index + 1].Header!) is int)
            index++;
        if (index < 0)
            return null;
        Lsn end = Lsn.Earlier(EndOf(index) ?? Lsn.Max, other.EndOf(other.IndexOf(Segments[index].Header!)!.Value) ?? Lsn.Max);
        return (index, end);
    }

    /// <summary>The place of a segment in this history, or null.</summary>
    public int? IndexOf(SegmentHeader header)
    {
        for (int i = 0; i < Segments.Count; i++)
        {
            if (Segments[i].Header == header)
                return i;
        }

        return null;
    }

    private LogPath CutAfter(int index) =>
        index + 1 == Segments.Count ? this : this with { Segments = Segments.Take(index + 1).ToArray(), Successor = Segments[index + 1].Header };
}
