using Persistence.State;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>Which segments may go: values in, decision out.</summary>
internal static class RetentionPolicy
{
    /// <summary>Segments to retire, oldest first.</summary>
    /// <param name="segments">All segments, oldest first.</param>
    /// <param name="neededFrom">Recovery may need everything from here on, by either slot of ROOT.</param>
    /// <param name="staysFrom">This segment, and those after it, stay: the active one does always.</param>
    /// <param name="retention">Log kept for reading.</param>
    public static IReadOnlyList<SegmentInfo> ChooseRetired(IReadOnlyList<SegmentInfo> segments, Lsn neededFrom, long staysFrom, in LogRetention retention)
    {
        long bytes = segments.Sum(segment => segment.FileBytes);
        List<SegmentInfo> retired = [];
        for (int i = 0; i < segments.Count; i++)
        {
            bool needed = segments[i].Sequence >= staysFrom || FindEnd(segments, i) > neededFrom;
            bool tooMuch = bytes > retention.Bytes || (retention.Segments > 0 && segments.Count - i > retention.Segments);
            if (needed || !(tooMuch || IsOlderThan(segments, i, retention.Since)))
                break;
            retired.Add(segments[i]);
            bytes -= segments[i].FileBytes;
        }

        return retired;
    }

    /// <summary>Whether every record of a segment was made before a moment: the next one had begun by then.</summary>
    private static bool IsOlderThan(IReadOnlyList<SegmentInfo> segments, int index, long moment) =>
        index + 1 < segments.Count && segments[index + 1].Header is SegmentHeader next && next.Created <= moment;

    /// <summary>Where a segment ends at most. One without a valid header does not say; it ends before the next one that has a header begins.</summary>
    private static Lsn FindEnd(IReadOnlyList<SegmentInfo> segments, int index)
    {
        if (segments[index].Header is SegmentHeader own)
            return own.NextFirstLsn;
        return segments.Skip(index).FirstOrDefault(segment => segment.Header is not null)?.Header!.FirstLsn ?? Lsn.Max;
    }
}
