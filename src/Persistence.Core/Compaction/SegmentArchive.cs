using Persistence.Checkpoints;
using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>Puts sealed segments into <c>archive/</c>. The order is the crash argument (ARCHIVE-FORMAT.md §2): staged, synced, read back, renamed, directory synced.</summary>
internal sealed class SegmentArchive
{
    private readonly IFileSystem _files;
    private readonly TimeProvider _clock;
    private readonly ICompressor? _compressor;
    private readonly Action<string> _setAside;

    /// <param name="files">The store's files.</param>
    /// <param name="clock">The time.</param>
    /// <param name="compressor">How blocks are compressed, or null.</param>
    /// <param name="setAside">Moves a file to quarantine.</param>
    public SegmentArchive(IFileSystem files, TimeProvider clock, ICompressor? compressor, Action<string> setAside)
    {
        _files = files;
        _clock = clock;
        _compressor = compressor;
        _setAside = setAside;
    }

    /// <summary>Archives a segment; the copy is durable and verified on return.</summary>
    /// <param name="segment">A segment of the log.</param>
    /// <param name="end">Its sealed end, and the last frame before it.</param>
    /// <returns>False when it cannot be archived, ever: its frames are damaged.</returns>
    /// <exception cref="StoreException">It is not archived now; nothing is left behind.</exception>
    public bool TryAdd(SegmentInfo segment, LogPosition end)
    {
        if (SealedFrames.TryReadLastTime(_files, segment, end) is not long lastTime)
            return false;
        foreach (ArchiveName name in ArchiveCatalog.List(_files).Where(name => IsOf(name, segment.Header!, end)))
        {
            if (TryReuse(name, segment, end))
                return true;
        }

        Add(segment, end, lastTime);
        return true;
    }

    private static bool IsOf(ArchiveName name, SegmentHeader header, in LogPosition end) =>
        name == ArchiveName.Of(header, end.Lsn, name.Codec);

    private void Add(SegmentInfo segment, in LogPosition end, long lastTime)
    {
        ArchiveName name = ArchiveName.Of(segment.Header!, end.Lsn, _compressor?.CodecId ?? CodecId.None);
        _files.TryDelete(name.StagingPath);
        try
        {
            Write(name.StagingPath, segment, end, lastTime);
#if MUTANTS
            if (!Mutants.Is(Mutants.ArchiveDeletedBeforeVerified))
#endif
            ArchiveVerifier.Verify(_files, name.StagingPath, segment, end);
            Publish(name);
        }
        catch
        {
            _files.TryDelete(name.StagingPath);
            throw;
        }
    }

    /// <summary>
    /// A file of that name is there already. Whether its name is durable nobody knows: it is renamed back, verified as if it had just been written, and renamed anew.
    /// </summary>
    private bool TryReuse(ArchiveName name, SegmentInfo segment, in LogPosition end)
    {
        _files.TryDelete(name.StagingPath);
        if (!IsWhole(name.Path, segment, end))
        {
            _setAside(name.Path);
            return false;
        }

        _files.Rename(name.Path, name.StagingPath);
        Publish(name);
        return true;
    }

    private bool IsWhole(string path, SegmentInfo segment, in LogPosition end)
    {
        try
        {
            ArchiveVerifier.Verify(_files, path, segment, end);
            return true;
        }
        catch (StoreException e) when (e.Error is StoreError.ChecksumMismatch or StoreError.StoreMismatch)
        {
            return false;
        }
    }

    private void Publish(ArchiveName name)
    {
        _files.Rename(name.StagingPath, name.Path);
        _files.SyncDirectory(ArchiveName.Directory);
    }

    private void Write(string staged, SegmentInfo segment, in LogPosition end, long lastTime)
    {
        using IFile source = _files.Open(segment.Path, FileIntent.Read);
        using IFile file = _files.Open(staged, FileIntent.CreateNew);
        byte[] page = new byte[SegmentHeader.Bytes];
        if (source.Read(page, 0) != page.Length)
            throw new StorageException(StorageFault.Failed, "read", segment.Path, "it became shorter while it was archived");
        new ArchiveWriter(file, _compressor).Write(
            new ArchiveHeader
            {
                Codec = _compressor?.CodecId ?? CodecId.None,
                BlockBytes = BlockEncoder.RawBytes,
                End = end,
                LastTime = lastTime,
                Archived = _clock.GetTimestamp100Ns(),
                Segment = segment.Header!,
                Page = page,
            },
            source);
    }
}
