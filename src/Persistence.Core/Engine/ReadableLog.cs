using Persistence.Compaction;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>What there is of the log for who reads it: that of <c>wal/</c>, and before it, where that does not reach back far enough, that of the archive.</summary>
/// <param name="Segments">Oldest first; contiguous but for what is missing in the archive.</param>
/// <param name="From">The position wanted; of who wants all of it, where that begins.</param>
internal readonly record struct ReadableLog(IReadOnlyList<SegmentInfo> Segments, Lsn From)
{
    /// <summary>The log of <c>wal/</c> as ROOT has it, back to where it is contiguous.</summary>
    /// <exception cref="Diagnostics.StoreException">The active segment is missing or damaged, or a failure of the files.</exception>
    public static StartingPoint FindBeginning(IFileSystem files, RootRecord root) =>
        RecoveryPlan.Decide(root, SegmentCatalog.Read(files, root.StoreId), RecoveryMode.Strict).StartingPoints[^1];

    /// <summary>Reaches back to a position, as far as the archive does. The log is to be looked at first: a segment leaves it when the archive has it.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="log">The contiguous segments of the log.</param>
    /// <param name="from">The first position wanted; <see cref="Lsn.None"/> for the oldest there is.</param>
    public static ReadableLog Reach(IFileSystem files, IReadOnlyList<SegmentInfo> log, Lsn from)
    {
        SegmentHeader oldest = log[0].Header!;
        if (oldest.PreviousSequence == 0 || from >= oldest.PreviousEnd)
            return new ReadableLog(log, from);
        ArchiveReading archive = ArchiveCatalog.Read(files, oldest.StoreId, from);
        // Who wants all of it is told what is lost of it.
        bool beginsInArchive = from == Lsn.None && archive.Oldest < oldest.PreviousEnd;
        return new ReadableLog(ArchivedLog.Prepend(log, archive.Segments), beginsInArchive ? archive.Oldest!.Value : from);
    }
}
