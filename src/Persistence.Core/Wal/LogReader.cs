using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>Reads records in log order from what is on disk, without opening the store for writing.</summary>
internal static class LogReader
{
    /// <summary>Records from <paramref name="from"/> up to <paramref name="end"/>.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="segments">The segments, oldest first; contiguous but for what is missing in the archive.</param>
    /// <param name="from">The first LSN wanted; <see cref="Lsn.None"/> for the oldest there is.</param>
    /// <param name="end">Records from here on are left out.</param>
    /// <param name="durable">Records from here on are marked as not yet durable.</param>
    /// <param name="type">The one type wanted, as <see cref="HeldSegment.CopyRecords"/> takes it, or null.</param>
    /// <param name="findArchived">Looks for a segment that is no longer in the log.</param>
    /// <param name="frameRead">Told of each frame how many records and bytes it has, before its records are returned; or null.</param>
    /// <exception cref="StoreException">LogTruncated when <paramref name="from"/> is no longer there; ChecksumMismatch at damage that does not lie wholly before <paramref name="from"/>.</exception>
    public static IEnumerable<LogEntry> Read(
        IFileSystem files, IReadOnlyList<SegmentInfo> segments, Lsn from, Lsn end, Lsn durable, RecordType? type, Func<SegmentHeader, SegmentInfo?> findArchived, Action<int, long>? frameRead)
    {
        LogContinuation start = LogContinuation.Find(segments, from, last: null);
        if (start.Lost is LogTruncatedException lost)
            throw lost;
        for (int i = start.Index; i < segments.Count && from < end; i++)
        {
            SegmentInfo? next = i + 1 < segments.Count ? segments[i + 1] : null;
            using HeldSegment held = HeldSegment.TryOpen(files, segments[i]) ?? TryHold(files, findArchived(segments[i].Header!)) ?? throw LogTruncatedException.Of(segments[i]);
            foreach (LogEntry entry in ReadSegment(held, segments[i].FindEnd(next), from, end, durable, type, frameRead))
                yield return entry;
            if (next is not null && !segments[i].IsFollowedBy(next))
                throw LogTruncatedException.Between(segments[i], next, from);
        }
    }

    private static HeldSegment? TryHold(IFileSystem files, SegmentInfo? archived) => archived is null ? null : HeldSegment.TryOpen(files, archived);

    private static IEnumerable<LogEntry> ReadSegment(
        HeldSegment held, Lsn? sealedEnd, Lsn from, Lsn end, Lsn durable, RecordType? type, Action<int, long>? frameRead)
    {
        if (sealedEnd is Lsn known)
            held.EndAt(known);
        List<LogEntry> entries = [];
        while (!held.AtEnd && held.NextLsn < end)
        {
            Lsn start = held.NextLsn;
            if (held.Read() is FrameDefect defect && defect != FrameDefect.None)
            {
#if MUTANTS
                if (Mutants.Is(Mutants.NonFinalTornTailAccepted) && sealedEnd is not null)
                    break;
#endif
                // The end is known, in the newest segment too: what is missing before it was there once.
                held.PassDamage(defect, from);
                continue;
            }

            frameRead?.Invoke(held.RecordCount, held.NextLsn - start);
            durable = Lsn.Later(durable, held.SyncedLsn);
            held.CopyRecords(from, end, durable, entries, type);
            foreach (LogEntry entry in entries)
                yield return entry;
            entries.Clear();
        }
    }
}
