using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>How the archive and the log go together for who reads: values in, decision out.</summary>
internal static class ArchivedLog
{
    /// <summary>
    /// Puts before the log's segments what the archive has of before. Where nothing there is followed by what was put last, something is missing in between (<see cref="SegmentInfo.IsFollowedBy"/>), and the newest
    /// one below comes next.
    /// </summary>
    /// <param name="log">The contiguous segments of the log, oldest first.</param>
    /// <param name="archived">Those of the archive.</param>
    public static IReadOnlyList<SegmentInfo> Prepend(IReadOnlyList<SegmentInfo> log, IReadOnlyList<SegmentInfo> archived)
    {
        List<SegmentInfo> segments = [.. log.Reverse()];
        while (FindBefore(segments[^1].Header!, archived) is SegmentInfo before)
            segments.Add(before);
        segments.Reverse();
        return segments;
    }

    /// <summary>What precedes a segment in the archive: the one it continues, else the newest that ends before it.</summary>
    private static SegmentInfo? FindBefore(SegmentHeader header, IReadOnlyList<SegmentInfo> archived)
    {
        SegmentInfo? newest = null;
        foreach (SegmentInfo candidate in archived)
        {
            LogPosition end = candidate.Archived!.End;
            if (candidate.Sequence == header.PreviousSequence && candidate.Header!.Epoch <= header.Epoch && candidate.Archived.Covers(header))
                return candidate;
            if (candidate.Sequence >= header.Sequence || end.Lsn > header.PreviousEnd || candidate.Header!.Epoch > header.Epoch)
                continue;
            // One of the same sequence that ends elsewhere is of a history that was left.
            if (candidate.Sequence != header.PreviousSequence && (newest is null || candidate.Sequence > newest.Sequence))
                newest = candidate;
        }

        return newest;
    }
}
