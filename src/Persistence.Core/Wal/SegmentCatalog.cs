using Persistence.Diagnostics;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>What lies in <c>wal/</c>.</summary>
/// <param name="Segments">Segments in order of their sequence.</param>
/// <param name="Spares">Paths of prepared or recycled files without content.</param>
/// <param name="Others">Paths of everything else: ignored and listed.</param>
public sealed record SegmentCatalog(IReadOnlyList<SegmentInfo> Segments, IReadOnlyList<string> Spares, IReadOnlyList<string> Others)
{
    /// <summary>Archived segments with an intact header, oldest first; only where somebody asked for them.</summary>
    internal IReadOnlyList<SegmentInfo> Archived { get; init; } = [];

    /// <summary>Reads the directory and every segment's header.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="storeId">The store they must belong to, or null while that is not known.</param>
    /// <exception cref="StoreException"><see cref="StoreError.StoreMismatch"/>, <see cref="StoreError.UnsupportedFormatVersion"/>.</exception>
    public static SegmentCatalog Read(IFileSystem files, Guid? storeId) => Read(files, storeId, refused: null);

    /// <summary>As <see cref="Read(IFileSystem, Guid?)"/>; a segment that would be an error is told to <paramref name="refused"/> and left out, or listed as unreadable.</summary>
    internal static SegmentCatalog Read(IFileSystem files, Guid? storeId, Action<StoreException>? refused)
    {
        ArgumentNullException.ThrowIfNull(files);
        List<SegmentInfo> segments = [];
        List<string> spares = [];
        List<string> others = [];
        foreach (FileEntry entry in files.List(SegmentNames.Directory))
        {
            string path = $"{SegmentNames.Directory}/{entry.Name}";
            if (entry.Kind == FileEntryKind.File && SegmentNames.TryParse(entry.Name, out long sequence))
            {
                if (TryReadInfo(files, path, sequence, storeId, refused) is SegmentInfo segment)
                    segments.Add(segment);
            }
            else if (entry.Kind == FileEntryKind.File && SegmentNames.TryParseSpare(entry.Name, out _))
                spares.Add(path);
            else if (entry.Kind != FileEntryKind.File || entry.Name != SegmentNames.Ballast)
                others.Add(path);
        }

        segments.Sort((left, right) => left.Sequence.CompareTo(right.Sequence));
        return new SegmentCatalog(segments, spares, others);
    }

    /// <summary>Null when a writer retired it since the directory was listed, or when it was refused.</summary>
    private static SegmentInfo? TryReadInfo(IFileSystem files, string path, long sequence, Guid? storeId, Action<StoreException>? refused)
    {
        try
        {
            return ReadInfo(files, path, sequence, storeId);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return null;
        }
        catch (StorageException e) when (refused is not null && e.Fault == StorageFault.Failed)
        {
            return new SegmentInfo(sequence, path, 0, Header: null) { Unreadable = e };
        }
        catch (StoreException e) when (refused is not null && e.Error is StoreError.StoreMismatch or StoreError.UnsupportedFormatVersion)
        {
            refused(e);
            return null;
        }
    }

    private static SegmentInfo ReadInfo(IFileSystem files, string path, long sequence, Guid? storeId)
    {
        using IFile file = files.Open(path, FileIntent.Read);
        long length = file.GetLength();
        Span<byte> page = stackalloc byte[SegmentHeader.Bytes];
        page = page[..(int)Math.Min(length, page.Length)];
        int read;
        try
        {
            read = file.Read(page, 0);
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed)
        {
            // Whether that matters depends on which segment it is.
            return new SegmentInfo(sequence, path, length, Header: null) { Unreadable = e };
        }

        SegmentHeader? header = SegmentHeader.Decode(page[..read], path);
        if (header is not null && storeId is Guid expected && header.StoreId != expected)
        {
            throw new StoreException(
                StoreError.StoreMismatch, $"'{path}' belongs to store {header.StoreId}, not to this one ({expected}).")
            { File = path };
        }

        return new SegmentInfo(sequence, path, length, header?.Sequence == sequence ? header : null);
    }
}
