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
    private readonly SpaceReserve? _space;
    private long _nextSpare;

    /// <param name="files">The store's files.</param>
    /// <param name="scheduler">Where its gate comes from.</param>
    /// <param name="segmentBytes">The size of an ordinary segment.</param>
    /// <param name="spares">Paths of the spares there are.</param>
    /// <param name="space">What is held for a full disk; null: nothing.</param>
    public SegmentAllocator(IFileSystem files, IScheduler scheduler, long segmentBytes, IReadOnlyList<string> spares, SpaceReserve? space = null)
    {
        _space = space;
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

    /// <summary>What is held for a full disk; null: nothing ever is.</summary>
    public SpaceReserve? Space => _space;

    /// <summary>Makes the names in <c>wal/</c> durable, for rolling and retiring alike.</summary>
    public void SyncDirectory() => _sync.Run();

    /// <summary>
    /// Takes a spare, or prepares a file, that holds at least <paramref name="sizeBytes"/>. First what was given up of the reserve is put back.
    /// </summary>
    /// <exception cref="StorageException">No space, no descriptors, and the rest; nothing is left behind.</exception>
    public ReservedSegment Reserve(long sizeBytes) => PrepareOrdinary(() => TakeOrPrepare(sizeBytes));

    private T PrepareOrdinary<T>(Func<T> prepare) => _space is null ? prepare() : _space.Prepare(prepare);

    /// <summary>The same for commits: whether they get a segment decides whether the store is full.</summary>
    /// <exception cref="StorageException">As for <see cref="Reserve"/>; of a full disk it says what is needed.</exception>
    public ReservedSegment ReserveForCommits(long sizeBytes)
    {
        try
        {
            ReservedSegment reserved = Reserve(sizeBytes);
            _space?.NoteFree();
            return reserved;
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull && _space is not null && sizeBytes <= _segmentBytes)
        {
            throw _space.NoteFull(e);
        }
    }

    /// <summary>The same for commits that only remove: on a full disk what is held for them.</summary>
    /// <param name="sizeBytes">As for <see cref="Reserve"/>.</param>
    /// <param name="leastBytes">What it has to hold at least.</param>
    /// <exception cref="StorageException">As for <see cref="Reserve"/>; what is held is given up already, or too small.</exception>
    public ReservedSegment ReserveForRemovals(long sizeBytes, long leastBytes)
    {
        try
        {
            return ReserveForCommits(sizeBytes);
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull && _space is not null)
        {
            if (TryReserveForRemovals(_space, leastBytes) is ReservedSegment reserved)
                return reserved;
            throw;
        }
    }

    /// <summary>Between giving up space and taking it the background may not be faster.</summary>
    private ReservedSegment? TryReserveForRemovals(SpaceReserve space, long leastBytes)
    {
        space.BeginUse();
        try
        {
            return space.TryGiveForRemovals(leastBytes) ? PrepareFromReserve(space) : null;
        }
        finally
        {
            space.EndUse();
        }
    }

    /// <summary>The same for an opening that has to begin a segment, whatever the reserve is owed.</summary>
    public ReservedSegment ReserveForOpening()
    {
        try
        {
            return TakeOrPrepare(_segmentBytes);
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull && _space is { RemovalSegmentBytes: > SegmentHeader.Bytes })
        {
            if (!_space.TryGive(_space.RemovalSegmentBytes))
                throw;
            ReservedSegment reserved = PrepareFromReserve(_space);
            _space.NoteFull(e);
            return reserved;
        }
    }

    private ReservedSegment PrepareFromReserve(SpaceReserve space)
    {
        string path = NextSpareName();
        long size = space.RemovalSegmentBytes;
        return new ReservedSegment(Prepare(path, size, FillStepBytes), path, size, Math.Min(size, FillStepBytes)) { IsFromReserve = true };
    }

    private ReservedSegment TakeOrPrepare(long sizeBytes)
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

    /// <summary>Prepares one spare, filled whole. First what was given up of the reserve is put back.</summary>
    public void AddSpare()
    {
        string path = NextSpareName();
        long segmentBytes = SegmentBytes;
        PrepareOrdinary(() => Prepare(path, segmentBytes, segmentBytes)).Dispose();
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
            if (reserved.IsFromReserve)
                _space?.TryRestore();
        }
    }

    /// <summary>
    /// Turns a retired segment into a spare if nobody reads it, spares are wanted and the reserve does not need its space, else deletes it. The caller syncs the directory.
    /// </summary>
    public void Retire(SegmentInfo segment, int sparesWanted)
    {
        bool isSpaceOwed = _space?.OwedBytes > 0;
        if (!isSpaceOwed && SpareCount < sparesWanted && segment.FileBytes == SegmentBytes && TryRecycle(segment))
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
