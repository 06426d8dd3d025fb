namespace Persistence.CrashKit.Corruption;

/// <summary>
/// Where a store may end before its end: at damage that goes to the end of the log with nothing above it that proves that it was once
/// durable (Wal/FORMAT.md §5.3). Anywhere else the whole state is due, or a refusal.
/// </summary>
internal static class PrefixRule
{
    /// <summary>Finds the only place.</summary>
    /// <param name="frames">The frames of the newest segment, in order.</param>
    /// <param name="isIntact">Whether each is what it was.</param>
    /// <param name="from">What lies below is in a checkpoint that can be used: it is not read.</param>
    /// <param name="floor">Everything below it was durable, says ROOT.</param>
    /// <param name="isClosed">Whether the store was closed cleanly.</param>
    /// <param name="isFileWhole">Whether the segment's header is intact and the file not shorter than that says.</param>
    /// <returns>The LSN of the first frame that may be missing, with all that follow; null when none may.</returns>
    public static long? FindEnd(IReadOnlyList<LogFrame> frames, IReadOnlyList<bool> isIntact, long from, long floor, bool isClosed, bool isFileWhole)
    {
        if (isClosed || !isFileWhole)
            return null;
        int first = 0;
        while (first < frames.Count && (isIntact[first] || frames[first].Lsn < from))
            first++;
        if (first == frames.Count || frames[first].Lsn < floor)
            return null;
        for (int later = first + 1; later < frames.Count; later++)
        {
            if (isIntact[later] && frames[later].SyncedLsn > frames[first].Lsn)
                return null;
        }

        return frames[first].Lsn;
    }
}
