using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>What lies in <c>archive/</c>.</summary>
internal static class ArchiveCatalog
{
    /// <summary>The archived segments by their names, oldest first. Opens none.</summary>
    public static IReadOnlyList<ArchiveName> List(IFileSystem files)
    {
        List<ArchiveName> names = [];
        foreach (FileEntry entry in files.List(ArchiveName.Directory))
        {
            if (entry.Kind == FileEntryKind.File && ArchiveName.TryParse(entry.Name, out ArchiveName name))
                names.Add(name);
        }

        names.Sort(static (left, right) => (left.Sequence, left.Epoch, left.First, left.End).CompareTo((right.Sequence, right.Epoch, right.First, right.End)));
        return names;
    }

    /// <summary>The log with all that the archive has of it.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="storeId">The store they must belong to.</param>
    /// <param name="catalog">The log alone.</param>
    public static SegmentCatalog AddTo(SegmentCatalog catalog, IFileSystem files, Guid storeId) => catalog with { Archived = Read(files, storeId, Lsn.None).Segments };

    /// <summary>The archived segments that hold anything from a position on, oldest first. What cannot be used is left out: it is missing.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="storeId">The store they must belong to.</param>
    /// <param name="from">What ends before is left out; <see cref="Lsn.None"/> for all of it.</param>
    public static ArchiveReading Read(IFileSystem files, Guid storeId, Lsn from)
    {
        List<SegmentInfo> segments = [];
        Lsn? oldest = null;
        foreach (ArchiveName name in List(files).Where(name => name.End > from))
        {
            SegmentInfo? segment = TryRead(files, name, storeId, out bool isGone);
            if (!isGone)
                oldest ??= name.First + SegmentHeader.Bytes;
            if (segment is not null)
                segments.Add(segment);
        }

        return new ArchiveReading(segments, oldest);
    }

    /// <summary>The archived copy of a segment that is no longer in the log, or null.</summary>
    public static SegmentInfo? Find(IFileSystem files, SegmentHeader header) =>
        List(files).Where(name => name.Sequence == header.Sequence && name.First == header.FirstLsn)
            .Select(name => TryRead(files, name, header.StoreId, out _))
            .FirstOrDefault(segment => segment?.Header == header);

    /// <summary>The store that an archive belongs to, by its newest file that says so; null where none does.</summary>
    public static Guid? FindStore(IFileSystem files) =>
        List(files).Reverse().Select(name => TryReadHeader(files, name, storeId: null, out _)?.Segment.StoreId).FirstOrDefault(static found => found is not null);

    /// <summary>An archived segment's header, or null when the file is gone, damaged, of another store or of a newer version.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="name">Its name.</param>
    /// <param name="storeId">The store it must belong to; null for any.</param>
    /// <param name="isGone">Whether it was removed since it was listed.</param>
    public static ArchiveHeader? TryReadHeader(IFileSystem files, ArchiveName name, Guid? storeId, out bool isGone)
    {
        isGone = false;
        try
        {
            using IFile file = files.Open(name.Path, FileIntent.Read);
            ArchiveHeader header = ArchiveReader.ReadHeader(file, storeId);
            return header.Name == name ? header : null;
        }
        catch (StorageException e) when (e.Fault is StorageFault.NotFound or StorageFault.Failed)
        {
            isGone = e.Fault == StorageFault.NotFound;
            return null;
        }
        catch (StoreException e) when (e.Error is StoreError.ChecksumMismatch or StoreError.UnsupportedFormatVersion or StoreError.StoreMismatch)
        {
            return null;
        }
    }

    private static SegmentInfo? TryRead(IFileSystem files, ArchiveName name, Guid storeId, out bool isGone) =>
        TryReadHeader(files, name, storeId, out isGone) is ArchiveHeader header
            ? new SegmentInfo(name.Sequence, name.Path, name.RawBytes, header.Segment) { Archived = new ArchivedContent(name.Path, header) }
            : null;
}
