#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>
/// Prepares the files that become segments: new ones, whose space is held before they are used, and retired ones. Failing
/// to prepare leaves nothing behind and harms nothing: the store is told that there is no space, and tries again when asked again.
/// </summary>
internal sealed class SegmentAllocator
{
    /// <summary>Zeros are written ahead in steps of this many bytes.</summary>
    public const int FillStepBytes = 1 << 20;

    /// <summary>One step of zeros.</summary>
    public static readonly byte[] Zeros = GC.AllocateArray<byte>(FillStepBytes, pinned: true);

    private readonly IFileSystem _files;
    private long _segmentBytes;
    private readonly object _lock = new();
    private readonly GuardedSync _sync;
    private readonly List<string> _spares;
    private long _nextSpare;

    public SegmentAllocator(IFileSystem files, IScheduler scheduler, long segmentBytes, IReadOnlyList<string> spares)
    {
        _files = files;
        _sync = new GuardedSync(scheduler.CreateGate(), () => files.SyncDirectory(SegmentNames.Directory), "sync directory", SegmentNames.Directory);
        _segmentBytes = segmentBytes;
        _spares = [.. spares];
        foreach (string spare in spares)
        {
            if (SegmentNames.TryParseSpare(spare[(SegmentNames.Directory.Length + 1)..], out long number))
                _nextSpare = Math.Max(_nextSpare, number);
        }
    }

    /// <summary>Size of the segments prepared from now on. Spares of another size are thrown away when their turn comes.</summary>
    public long SegmentBytes
    {
        get => Volatile.Read(ref _segmentBytes);
        set => Volatile.Write(ref _segmentBytes, value);
    }

    /// <summary>Spares at hand.</summary>
    public int SpareCount
    {
        get
        {
            lock (_lock)
                return _spares.Count;
        }
    }

    /// <summary>Makes the names in <c>wal/</c> durable, for rolling and retiring alike.</summary>
    public void SyncDirectory() => _sync.Run();

    /// <summary>Takes a spare, or prepares a file, that holds at least <paramref name="sizeBytes"/>.</summary>
    /// <exception cref="StorageException">No space, no descriptors, and the rest; nothing is left behind.</exception>
    public ReservedSegment Reserve(long sizeBytes)
    {
        if (TryTakeSpare(sizeBytes) is ReservedSegment spare)
            return spare;
        long segmentBytes = SegmentBytes;
        long size = sizeBytes <= segmentBytes ? segmentBytes : SectorAlignment.Up(sizeBytes, FillStepBytes);
        string fresh = NextSpareName();
        return new ReservedSegment(Prepare(fresh, size, FillStepBytes), fresh, size, Math.Min(size, FillStepBytes));
    }

    /// <summary>Takes a spare that holds at least <paramref name="sizeBytes"/>, if there is one.</summary>
    public ReservedSegment? TryTakeSpare(long sizeBytes)
    {
        long segmentBytes = SegmentBytes;
        while (sizeBytes <= segmentBytes && TakeSpareName() is string path)
        {
            if (TryOpenSpare(path, segmentBytes) is ReservedSegment spare)
                return spare;
        }

        return null;
    }

    /// <summary>Prepares one spare, filled whole.</summary>
    public void AddSpare()
    {
        string path = NextSpareName();
        long segmentBytes = SegmentBytes;
        Prepare(path, segmentBytes, segmentBytes).Dispose();
        lock (_lock)
            _spares.Add(path);
    }

    /// <summary>Gives back what was reserved and not used.</summary>
    public void Return(ReservedSegment reserved)
    {
        reserved.File.Dispose();
        if (reserved.SizeBytes == SegmentBytes)
        {
            lock (_lock)
                _spares.Add(reserved.Path);
        }
        else
        {
            _files.Delete(reserved.Path);
        }
    }

    /// <summary>
    /// Turns a retired segment into a spare if nobody reads it and spares are wanted, else deletes it. The caller syncs the directory.
    /// </summary>
    public void Retire(SegmentInfo segment, int sparesWanted)
    {
        if (SpareCount < sparesWanted && segment.FileBytes == SegmentBytes && TryRecycle(segment))
            return;
        _files.Delete(segment.Path);
    }

    private bool TryRecycle(SegmentInfo segment)
    {
        using IFile file = _files.Open(segment.Path, FileIntent.ReadWrite);
        if (!file.TryLock(FileLockKind.Exclusive))
            return false;
        string path = NextSpareName();
        _files.Rename(segment.Path, path);
        lock (_lock)
            _spares.Add(path);
        return true;
    }

    private string? TakeSpareName()
    {
        lock (_lock)
        {
            if (_spares.Count == 0)
                return null;
            string path = _spares[^1];
            _spares.RemoveAt(_spares.Count - 1);
            return path;
        }
    }

    private string NextSpareName()
    {
        lock (_lock)
            return SegmentNames.SparePath(++_nextSpare);
    }

    /// <summary>A spare that is gone or cannot be read is passed over; one that cannot be had just now is kept for the next time.</summary>
    private ReservedSegment? TryOpenSpare(string path, long segmentBytes)
    {
        try
        {
            return TryClaim(path, segmentBytes);
        }
        catch (StorageException e) when (e.Fault is not (StorageFault.DiskFull or StorageFault.ReadOnly or StorageFault.TooManyOpenFiles))
        {
            return null;
        }
        catch
        {
            lock (_lock)
                _spares.Add(path);
            throw;
        }
    }

    /// <summary>
    /// A spare left by another configuration or by a cut is thrown away, and so is one that a reader still reads under its
    /// old name. The lock is given back when the new header is written: whoever gets it then sees that header. A copy made
    /// by recovery may have holes: the space is held before it counts as reserved.
    /// </summary>
    private ReservedSegment? TryClaim(string path, long segmentBytes)
    {
        IFile file = _files.Open(path, FileIntent.ReadWrite);
        try
        {
            if (file.GetLength() == segmentBytes && file.TryLock(FileLockKind.Exclusive))
            {
                file.Allocate(segmentBytes);
                return new ReservedSegment(file, path, segmentBytes, segmentBytes);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        _files.Delete(path);
        return null;
    }

    private IFile Prepare(string path, long sizeBytes, long fillBytes)
    {
        IFile file = _files.Open(path, FileIntent.CreateNew);
        try
        {
            // Until it is a segment nobody else may take it: another writer would find a spare of the right length.
            file.TryLock(FileLockKind.Exclusive);
#if MUTANTS
            if (Mutants.Is(Mutants.ExtensionNotDurable))
                return file;
#endif
            file.Allocate(sizeBytes);
            for (long offset = 0; offset < Math.Min(sizeBytes, fillBytes); offset += FillStepBytes)
            {
                file.Write(Zeros.AsSpan(0, (int)Math.Min(FillStepBytes, sizeBytes - offset)), offset);
                file.SyncData();
            }

            file.Sync();
            return file;
        }
        catch
        {
            file.Dispose();
            _files.TryDelete(path);
            throw;
        }
    }
}
