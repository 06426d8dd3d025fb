using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>Holds an archived segment against the one it was made of: by what the disk gives back, not by what was written.</summary>
internal static class ArchiveVerifier
{
    /// <summary>Reads both.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="path">The archived file.</param>
    /// <param name="segment">The segment in the log.</param>
    /// <param name="end">Its sealed end and last frame.</param>
    /// <exception cref="StoreException">ChecksumMismatch when anything differs or is damaged; a failure of the files.</exception>
    public static void Verify(IFileSystem files, string path, SegmentInfo segment, LogPosition end)
    {
        using (IFile file = files.Open(path, FileIntent.Read))
        using (IFile original = files.Open(segment.Path, FileIntent.Read))
        {
            ArchiveReader reader = ArchiveReader.Open(file, segment.Header!.StoreId);
            if (reader.Header.Segment != segment.Header || reader.Header.End != end)
                throw ArchiveErrors.Damaged(path, 0, $"it is not a copy of '{segment.Path}'");
            RequireSame(path, original, reader.Header.Page, 0);
            reader.ReadWhole((bytes, offset) => RequireSame(path, original, bytes, offset));
        }

        SegmentInfo archived = segment with { Path = path, Archived = Content(files, path, segment.Header!.StoreId) };
        if (SealedFrames.TryReadLastTime(files, archived, end) is null)
            throw ArchiveErrors.Damaged(path, 0, "its frames are not whole");
    }

    private static ArchivedContent Content(IFileSystem files, string path, Guid storeId)
    {
        using IFile file = files.Open(path, FileIntent.Read);
        return new ArchivedContent(path, ArchiveReader.ReadHeader(file, storeId));
    }

    private static void RequireSame(string path, IFile original, ReadOnlySpan<byte> bytes, long offset)
    {
        byte[] expected = new byte[bytes.Length];
        if (original.Read(expected, offset) != expected.Length || !bytes.SequenceEqual(expected))
            throw ArchiveErrors.Damaged(path, 0, $"it differs from '{original.Path}' at offset {offset} of that");
    }
}
