using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>
/// Makes what was read of the newest segment durable when only the page cache may hold it (Wal/FORMAT.md §5.5): the used part
/// is copied to a fresh file, checked and synced, the original linked into quarantine, the copy renamed over it.
/// </summary>
internal sealed class DurableTail
{
    private const int PieceBytes = 1 << 20;
    private const int SectorBytes = 512;

    private readonly IFileSystem _files;
    private readonly SegmentInfo _segment;
    private readonly Lsn _from;
    private readonly LogPosition _end;

    /// <param name="files">The store's files.</param>
    /// <param name="segment">The newest segment.</param>
    /// <param name="from">Where replay started in it: what lies below is copied as it is, valid or not, as far as it can be read.</param>
    /// <param name="end">Where its log ends.</param>
    /// <param name="isWhole">Nothing was found at that end.</param>
    public DurableTail(IFileSystem files, SegmentInfo segment, Lsn from, LogPosition end, bool isWhole)
    {
        _files = files;
        _segment = segment;
        _from = from;
        _end = end;
        IsWhole = isWhole;
    }

    /// <summary>Whether what lies behind the end is copied too: the log of a history that is left.</summary>
    public bool KeepsRest { get; init; }

    /// <summary>Whether the copy holds everything the original does.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Copies to a new file; the original goes to quarantine.</summary>
    public void Rewrite(Quarantine quarantine)
    {
        string staged = $"{AtomicFile.StagingDirectory}/{SegmentNames.File(_segment.Sequence)}";
        _files.TryDelete(staged);
        try
        {
            using (IFile copy = _files.Open(staged, FileIntent.CreateNew))
                Fill(copy);
            _files.SyncDirectory(AtomicFile.StagingDirectory);
#if MUTANTS
            if (Mutants.Is(Mutants.RecoveryNotIdempotent))
                quarantine.Move(_segment.Path);
            else
#endif
            quarantine.Link(_segment.Path, IsWhole);
        }
        catch
        {
            _files.TryDelete(staged);
            throw;
        }

        Replace(staged);
        _files.SyncDirectory(AtomicFile.StagingDirectory);
    }

    /// <summary>Copies to a prepared file, for a full disk: an original that holds nothing more than the copy gives its space back.</summary>
    public void RewriteInto(ReservedSegment prepared)
    {
        using (IFile copy = prepared.File)
            Fill(copy);
        Replace(prepared.Path);
    }

    private void Replace(string copy)
    {
        _files.Rename(copy, _segment.Path);
        _files.SyncDirectory(SegmentNames.Directory);
    }

    private void Fill(IFile copy)
    {
        SegmentHeader header = _segment.Header!;
        CopyUsedPart(copy, KeepsRest ? Math.Min(_segment.FileBytes, header.SizeBytes) : _end.Lsn - header.FirstLsn);
        Verify(copy);
        copy.SetLength(header.SizeBytes);
#if MUTANTS
        if (Mutants.Is(Mutants.RecoveryTruncationNotSynced))
            return;
#endif
        copy.Sync();
    }

    private void CopyUsedPart(IFile copy, long usedBytes)
    {
        using IFile original = _files.Open(_segment.Path, FileIntent.Read);
        byte[] piece = new byte[(int)Math.Min(PieceBytes, usedBytes)];
        for (long offset = 0; offset < usedBytes; offset += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, usedBytes - offset));
            try
            {
                copy.Write(bytes[..original.Read(bytes, offset)], offset);
            }
            catch (StorageException e) when (e.Fault == StorageFault.Failed && e.File == original.Path && MayBeLeftOut(offset, bytes.Length))
            {
                CopySectors(original, copy, bytes, offset);
            }
        }
    }

    /// <summary>Whether a part of a piece lies where replay needs nothing: before its start, or behind the end.</summary>
    private bool MayBeLeftOut(long offset, int length) => PositionAt(offset) < _from || PositionAt(offset + length) > _end.Lsn;

    private bool IsNotNeeded(long offset, int length) => PositionAt(offset + length) <= _from || PositionAt(offset) >= _end.Lsn;

    private Lsn PositionAt(long offset) => _segment.Header!.FirstLsn + offset;

    /// <summary>What cannot be read is left out where replay does not need it: the original keeps it.</summary>
    private void CopySectors(IFile original, IFile copy, Span<byte> bytes, long offset)
    {
        for (int done = 0; done < bytes.Length; done += SectorBytes)
        {
            Span<byte> sector = bytes.Slice(done, Math.Min(SectorBytes, bytes.Length - done));
            try
            {
                original.Read(sector, offset + done);
            }
            catch (StorageException e) when (e.Fault == StorageFault.Failed && offset + done >= SegmentHeader.Bytes && IsNotNeeded(offset + done, sector.Length))
            {
                sector.Clear();
                IsWhole = false;
            }

            copy.Write(sector, offset + done);
        }
    }

    /// <summary>The copy must hold the same history, to the same last frame.</summary>
    private void Verify(IFile copy)
    {
        SegmentHeader header = _segment.Header!;
        Lsn from = Lsn.Later(_from, header.FirstFrameLsn);
        using ReadWindow window = new(copy);
        bool sameHeader = window.TryGet(0, SegmentHeader.Bytes, out ReadOnlySpan<byte> page) && SegmentHeader.Decode(page, copy.Path) == header;
        FrameLink? link = from == header.FirstFrameLsn ? header.PreviousLink : null;
        SegmentReader reader = new(window, header, _end.Lsn - header.FirstLsn, from - header.FirstLsn, link);
        while (sameHeader && !reader.AtLimit && reader.Read() == FrameDefect.None)
        {
        }

        if (!sameHeader || reader.NextLsn != _end.Lsn || (from != _end.Lsn && reader.Link != _end.Link))
        {
            throw new StoreException(StoreError.ChecksumMismatch, $"'{_segment.Path}' read differently a second time, at offset {reader.Offset}.")
            { File = _segment.Path, Offset = reader.Offset, Position = reader.NextLsn.Value };
        }
    }
}
