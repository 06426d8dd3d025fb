using Persistence.State;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>Which segments may go: values in, decision out.</summary>
internal static class RetentionPolicy
{
    /// <summary>Segments to retire, oldest first.</summary>
    /// <param name="segments">All segments, oldest first.</param>
    /// <param name="neededFrom">Recovery may need everything from here on, by either slot of ROOT.</param>
    /// <param name="activeSequence">The active segment, which always stays.</param>
    /// <param name="retainBytes">Log kept for reading, in bytes of all segments together.</param>
    public static IReadOnlyList<SegmentInfo> ChooseRetired(IReadOnlyList<SegmentInfo> segments, Lsn neededFrom, long activeSequence, long retainBytes)
    {
        long bytes = segments.Sum(segment => segment.FileBytes);
        List<SegmentInfo> retired = [];
        for (int i = 0; i < segments.Count; i++)
        {
            bool needed = segments[i].Sequence >= activeSequence || FindEnd(segments, i) > neededFrom;
            if (needed || bytes <= retainBytes)
                break;
            retired.Add(segments[i]);
            bytes -= segments[i].FileBytes;
        }

        return retired;
    }

    /// <summary>Where a segment ends at most. One without a valid header does not say; it ends before the next one that has a header begins.</summary>
    private static Lsn FindEnd(IReadOnlyList<SegmentInfo> segments, int index)
    {
        if (segments[index].Header is SegmentHeader own)
            return own.NextFirstLsn;
        return segments.Skip(index).FirstOrDefault(segment => segment.Header is not null)?.Header!.FirstLsn ?? Lsn.Max;
    }
}
