using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>The frames of a segment that another one follows.</summary>
internal static class SealedFrames
{
    /// <summary>Where a sealed segment ends whose follower does not say it any more: it was synced to its last frame, so at its first bytes that are none.</summary>
    public static LogPosition FindEnd(IFileSystem files, SegmentInfo segment)
    {
        using IFile file = segment.Open(files);
        using ReadWindow window = new(file);
        SegmentHeader header = segment.Header!;
        SegmentReader reader = new(window, header, header.SizeBytes, SegmentHeader.Bytes, header.PreviousLink);
        while (!reader.AtLimit && reader.Read() == FrameDefect.None)
        {
        }

        return new LogPosition(reader.NextLsn, reader.Link);
    }

    /// <summary>Reads all of them.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="segment">The segment, in the log or archived.</param>
    /// <param name="end">Where they end, and the last one.</param>
    /// <returns>When the last one was written, 100 ns units since 1970-01-01 UTC (0: there is none); null when they are not whole, or do not lead to that end.</returns>
    public static long? TryReadLastTime(IFileSystem files, SegmentInfo segment, in LogPosition end)
    {
        using IFile file = segment.Open(files);
        using ReadWindow window = new(file);
        SegmentHeader header = segment.Header!;
        SegmentReader reader = new(window, header, end.Lsn - header.FirstLsn, SegmentHeader.Bytes, header.PreviousLink);
        while (!reader.AtLimit)
        {
            if (reader.Read() != FrameDefect.None)
                return null;
        }

        return reader.NextLsn == end.Lsn && reader.Link == end.Link ? reader.Frame.Time : null;
    }
}
