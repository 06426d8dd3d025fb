using Persistence.State;

namespace Persistence.Wal;

/// <summary>Where a reader goes on that wants the log from some position: values in, decision out.</summary>
/// <param name="Index">The segment it goes on in.</param>
/// <param name="Lost">What it misses, or null for nothing.</param>
internal readonly record struct LogContinuation(int Index, LogTruncatedException? Lost)
{
    /// <summary>Decides.</summary>
    /// <param name="segments">The segments, oldest first; contiguous but for what is missing in the archive.</param>
    /// <param name="from">The first position wanted; <see cref="Lsn.None"/> for the oldest there is.</param>
    /// <param name="last">The frame read before, or null: if the segment follows it, nothing lies between.</param>
    public static LogContinuation Find(IReadOnlyList<SegmentInfo> segments, Lsn from, FrameLink? last)
    {
        int index = 0;
        while (index + 1 < segments.Count && segments[index].FindEnd(segments[index + 1]) <= from)
            index++;
        SegmentHeader header = segments[index].Header!;
        bool isLost = from > Lsn.None && from < header.PreviousEnd && last != header.PreviousLink;
        return new LogContinuation(index, isLost ? LogTruncatedException.Before(header, from) : null);
    }
}
