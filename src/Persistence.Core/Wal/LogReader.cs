using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>Reads records in log order from what is on disk, without opening the store for writing.</summary>
internal static class LogReader
{
    /// <summary>Records from <paramref name="from"/> up to <paramref name="end"/>.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="segments">The contiguous segments, oldest first.</param>
    /// <param name="from">The first LSN wanted; <see cref="Lsn.None"/> for the oldest there is.</param>
    /// <param name="end">Records from here on are left out.</param>
    /// <param name="durable">Records from here on are marked as not yet durable.</param>
    /// <param name="frameRead">Told of each frame how many records and bytes it has, before its records are returned; or null.</param>
    /// <exception cref="StoreException">LogTruncated when <paramref name="from"/> is no longer there; ChecksumMismatch at damage that does not lie wholly before <paramref name="from"/>.</exception>
    public static IEnumerable<LogEntry> Read(
        IFileSystem files, IReadOnlyList<SegmentInfo> segments, Lsn from, Lsn end, Lsn durable, Action<int, long>? frameRead = null)
    {
        SegmentHeader oldest = segments[0].Header!;
        if (from > Lsn.None && from < oldest.FirstLsn && from < oldest.PreviousEnd)
        {
            throw new StoreException(StoreError.LogTruncated, $"The log can be read from LSN {oldest.FirstFrameLsn} on; what was before it, LSN {from} included, was removed by retention or is damaged.")
            { Position = from.Value };
        }

        for (int i = 0; i < segments.Count && from < end; i++)
        {
            SegmentHeader? successor = i + 1 < segments.Count ? segments[i + 1].Header : null;
            if ((successor?.PreviousEnd ?? segments[i].Header!.NextFirstLsn) <= from)
                continue;
            foreach (LogEntry entry in ReadSegment(files, segments[i], successor, from, end, durable, frameRead))
                yield return entry;
        }
    }

    private static IEnumerable<LogEntry> ReadSegment(
        IFileSystem files, SegmentInfo segment, SegmentHeader? successor, Lsn from, Lsn end, Lsn durable, Action<int, long>? frameRead)
    {
        SegmentHeader header = segment.Header!;
        using IFile file = OpenHeld(files, segment);
        long limit = successor is null ? header.SizeBytes : successor.PreviousEnd - header.FirstLsn;
        using ReadWindow window = new(file);
        SegmentReader reader = new(window, header, limit, SegmentHeader.Bytes, header.PreviousLink);
        List<LogEntry> entries = [];
        while (!reader.AtLimit && reader.NextLsn < end)
        {
            long start = reader.Offset;
            if (reader.Read() is FrameDefect defect && defect != FrameDefect.None)
            {
                // The end is known, in the newest segment too: what is missing before it was there once.
                SegmentReader? further = SegmentReader.FindNext(window, header, limit, reader.Offset);
#if MUTANTS
                if (Mutants.Is(Mutants.NonFinalTornTailAccepted) && successor is not null)
                    break;
                if (Mutants.Is(Mutants.BadRecordSkipped) && further is not null)
                {
                    reader = further;
                    continue;
                }
#endif
                if (further is null || further.NextLsn > from)
                    throw Damaged(segment, reader, defect, further?.NextLsn ?? header.NextFirstLsn);
                reader = further;
                continue;
            }

            frameRead?.Invoke(reader.Frame.RecordCount, reader.Offset - start);
            durable = Lsn.Later(durable, reader.Frame.SyncedLsn);
            CopyRecords(reader, from, end, durable, entries);
            foreach (LogEntry entry in entries)
                yield return entry;
            entries.Clear();
        }
    }

    private static StoreException Damaged(SegmentInfo segment, SegmentReader reader, FrameDefect defect, Lsn readableFrom) => new(
        StoreError.ChecksumMismatch,
        $"The log is damaged at offset {reader.Offset} of '{segment.Path}' (LSN {reader.NextLsn}): {FrameDefects.Describe(defect)}. It can be read again from LSN {readableFrom}.")
    { File = segment.Path, Offset = reader.Offset, Position = reader.NextLsn.Value };

    /// <summary>
    /// Opens a segment so that it is not recycled under the reader. Retention may have been faster: then the file is gone, is
    /// being overwritten, or holds another segment.
    /// </summary>
    private static IFile OpenHeld(IFileSystem files, SegmentInfo segment)
    {
        IFile file;
        try
        {
            file = files.Open(segment.Path, FileIntent.Read);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            throw Truncated(segment, e);
        }

        try
        {
            if (!file.TryLock(FileLockKind.Shared) || !Holds(file, segment.Header!))
                throw Truncated(segment);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static bool Holds(IFile file, SegmentHeader expected)
    {
#if MUTANTS
        if (Mutants.Is(Mutants.ReaderBelievesRecycledSegment))
            return true;
#endif
        Span<byte> page = stackalloc byte[SegmentHeader.Bytes];
        return file.Read(page, 0) == page.Length && SegmentHeader.Decode(page, file.Path) == expected;
    }

    private static StoreException Truncated(SegmentInfo segment, Exception? inner = null) => new(
        StoreError.LogTruncated,
        $"Retention removed the log from LSN {segment.Header!.FirstFrameLsn} to {segment.Header.NextFirstLsn} before it was read.",
        inner)
    { File = segment.Path, Position = segment.Header.FirstFrameLsn.Value };

    private static void CopyRecords(SegmentReader reader, Lsn from, Lsn end, Lsn durable, List<LogEntry> entries)
    {
        RecordCursor records = new(reader.Body, reader.BodyLsn);
        while (records.MoveNext())
        {
            if (records.Lsn < from || records.Lsn >= end)
                continue;
            LogRecord record = records.Current;
            entries.Add(new LogEntry
            {
                Lsn = record.Lsn,
                Type = record.Type,
                Version = record.Version,
                Flags = record.Flags,
                TransactionId = record.TransactionId,
                Timestamp = Timestamps.ToInstant(record.Timestamp),
                IsDurable = records.End <= durable,
                Payload = record.Payload.ToArray(),
            });
        }
    }
}
