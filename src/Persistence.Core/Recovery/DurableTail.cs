using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>
/// Makes what was read of the newest segment durable when only the page cache may hold it (Wal/FORMAT.md §5.5): the used part
/// is copied to a fresh file, checked and synced, the original linked into quarantine, the copy renamed over it.
/// </summary>
internal static class DurableTail
{
    private const int PieceBytes = 1 << 20;

    /// <param name="files">The store's files.</param>
    /// <param name="segment">The newest segment.</param>
    /// <param name="from">Where replay started in it: what lies below is copied as it is, valid or not.</param>
    /// <param name="end">Where its log ends.</param>
    /// <param name="isWhole">Nothing was found at that end: the copy holds everything the original does.</param>
    /// <param name="allocator">Has a spare to copy to when the disk is full.</param>
    /// <param name="quarantine">Where the original goes.</param>
    public static void Rewrite(
        IFileSystem files, SegmentInfo segment, Lsn from, LogPosition end, bool isWhole, SegmentAllocator allocator, Quarantine quarantine)
    {
        string staged = $"{AtomicFile.StagingDirectory}/{SegmentNames.File(segment.Sequence)}";
        string? spare = null;
        files.TryDelete(staged);
        try
        {
            using IFile copy = files.Open(staged, FileIntent.CreateNew);
            Fill(files, segment, copy, from, end);
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull)
        {
            files.TryDelete(staged);
            spare = CopyToSpare(files, segment, from, end, allocator);
            if (spare is null)
                throw;
        }

        files.SyncDirectory(AtomicFile.StagingDirectory);
        // On a full disk an original that holds nothing more than the copy gives its space to the new segment.
        if (spare is null || !isWhole)
            quarantine.Link(segment.Path);
        files.Rename(spare ?? staged, segment.Path);
        files.SyncDirectory(SegmentNames.Directory);
        files.SyncDirectory(AtomicFile.StagingDirectory);
    }

    private static string? CopyToSpare(IFileSystem files, SegmentInfo segment, Lsn from, LogPosition end, SegmentAllocator allocator)
    {
        if (allocator.TryTakeSpare(segment.Header!.SizeBytes) is not ReservedSegment spare)
            return null;
        using IFile copy = spare.File;
        Fill(files, segment, copy, from, end);
        return spare.Path;
    }

    private static void Fill(IFileSystem files, SegmentInfo segment, IFile copy, Lsn from, LogPosition end)
    {
        CopyUsedPart(files, segment, copy, end.Lsn - segment.Header!.FirstLsn);
        Verify(copy, segment, Lsn.Later(from, segment.Header.FirstFrameLsn), end);
        copy.SetLength(segment.Header.SizeBytes);
        copy.Sync();
    }

    private static void CopyUsedPart(IFileSystem files, SegmentInfo segment, IFile copy, long usedBytes)
    {
        using IFile original = files.Open(segment.Path, FileIntent.Read);
        byte[] piece = new byte[(int)Math.Min(PieceBytes, usedBytes)];
        for (long offset = 0; offset < usedBytes; offset += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, usedBytes - offset));
            int read = original.Read(bytes, offset);
            if (read == 0)
                break;
            copy.Write(bytes[..read], offset);
        }
    }

    /// <summary>The copy must hold the same history, to the same last frame.</summary>
    private static void Verify(IFile copy, SegmentInfo segment, Lsn from, LogPosition end)
    {
        SegmentHeader header = segment.Header!;
        ReadWindow window = new(copy);
        bool sameHeader = window.TryGet(0, SegmentHeader.Bytes, out ReadOnlySpan<byte> page) && SegmentHeader.Decode(page, copy.Path) == header;
        FrameLink? link = from == header.FirstFrameLsn ? header.PreviousLink : null;
        SegmentReader reader = new(window, header, end.Lsn - header.FirstLsn, from - header.FirstLsn, link);
        while (sameHeader && !reader.AtLimit && reader.Read() == FrameDefect.None)
        {
        }

        if (!sameHeader || reader.NextLsn != end.Lsn || (from != end.Lsn && reader.Link != end.Link))
        {
            throw new StoreException(StoreError.ChecksumMismatch, $"'{segment.Path}' read differently a second time, at offset {reader.Offset}.")
            { File = segment.Path, Offset = reader.Offset, Position = reader.NextLsn.Value };
        }
    }
}
