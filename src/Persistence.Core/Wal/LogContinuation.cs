using Persistence.State;

namespace Persistence.Wal;

/// <summary>Where a reader goes on that wants the log from some position: values in, decision out.</summary>
/// <param name="Index">The segment it goes on in.</param>
/// <param name="Lost">What it misses, or null for nothing.</param>
internal readonly record struct LogContinuation(int Index, LogTruncatedException? Lost)
{
    /// <summary>Decides.</summary>
    /// <param name="segments">The contiguous segments, oldest first.</param>
    /// <param name="from">The first position wanted; <see cref="Lsn.None"/> for the oldest there is.</param>
    /// <param name="last">The frame read before, or null: if the oldest segment follows it, nothing lies between.</param>
    public static LogContinuation Find(IReadOnlyList<SegmentInfo> segments, Lsn from, FrameLink? last)
    {
        SegmentHeader oldest = segments[0].Header!;
        bool isLost = from > Lsn.None && from < oldest.PreviousEnd && last != oldest.PreviousLink;
        int index = 0;
        while (index + 1 < segments.Count && segments[index + 1].Header!.PreviousEnd <= from)
            index++;
        return new LogContinuation(index, isLost ? LogTruncatedException.Before(oldest, from) : null);
    }
}
