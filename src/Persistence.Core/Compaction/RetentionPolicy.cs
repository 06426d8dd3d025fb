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
        // A segment without a valid header says nothing of its place; the first one that has a header and is needed does.
        long firstNeeded = segments.FirstOrDefault(segment => segment.Header is SegmentHeader header && header.NextFirstLsn > neededFrom)?.Sequence ?? 0;
        List<SegmentInfo> retired = [];
        foreach (SegmentInfo segment in segments)
        {
            if (segment.Sequence >= activeSequence || segment.Sequence >= firstNeeded || bytes <= retainBytes)
                break;
            retired.Add(segment);
            bytes -= segment.FileBytes;
        }

        return retired;
    }
}
