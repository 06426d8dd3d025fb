using System.Globalization;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>
/// Space held for a full disk (FORMAT.md §8): the file <c>wal/ballast</c>, what of it was given up, and whether the store is full. Thread-safe.
/// </summary>
internal sealed class SpaceReserve
{
    /// <summary>The file.</summary>
    public const string Path = SegmentNames.Directory + "/" + SegmentNames.Ballast;

    private const string StagingPath = AtomicFile.StagingDirectory + "/" + SegmentNames.Ballast;
    private const int PageBytes = 4096;

    private readonly IFileSystem _files;
    private readonly TimeProvider _clock;
    private readonly IGate _gate;
    private readonly IGate _preparing;
    private readonly long _wholeBytes;
    private readonly long _segmentBytes;

    // Changed under _gate. Null: there is no ballast.
    private long? _heldBytes;

    // Raised under both gates, lowered under _gate.
    private volatile int _users;
    private FullDisk? _full;

    /// <summary>Looks what is there. Changes nothing.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="scheduler">Where its gate comes from.</param>
    /// <param name="clock">Since when a disk is full.</param>
    /// <param name="wholeBytes">The size of a whole ballast; 0: none is wanted.</param>
    /// <param name="segmentBytes">The size of an ordinary segment.</param>
    public SpaceReserve(IFileSystem files, IScheduler scheduler, TimeProvider clock, long wholeBytes, long segmentBytes)
    {
        _files = files;
        _clock = clock;
        _gate = scheduler.CreateGate();
        _preparing = scheduler.CreateGate();
        _wholeBytes = wholeBytes / PageBytes * PageBytes;
        _segmentBytes = segmentBytes;
        _heldBytes = FindHeld();
    }

    /// <summary>The segment that commits which only remove may have: a quarter of the ballast, and smaller than an ordinary one.</summary>
    public long RemovalSegmentBytes => Math.Min(_wholeBytes / 4, _segmentBytes - PageBytes) / PageBytes * PageBytes;

    /// <summary>What was given up and not yet put back, in bytes.</summary>
    public long OwedBytes
    {
        get
        {
            _gate.Enter();
            long owed = OwedHoldingGate();
            _gate.Exit();
            return owed;
        }
    }

    /// <summary>What is held, in bytes.</summary>
    public long HeldBytes
    {
        get
        {
            _gate.Enter();
            long held = _heldBytes ?? 0;
            _gate.Exit();
            return held;
        }
    }

    /// <summary>Since when and why the store takes no ordinary changes; null while it does.</summary>
    public FullDisk? Full => Volatile.Read(ref _full);

    /// <summary>Makes the ballast what it should be: makes it, puts back what it is owed, cuts or deletes it where less or none is wanted.</summary>
    /// <exception cref="StorageException">There is no space for it, or its files failed; what could be held is held.</exception>
    public void Keep()
    {
        _gate.Enter();
        try
        {
            if (_heldBytes is null && _wholeBytes > 0)
                MakeHoldingGate();
            else if (_wholeBytes == 0 && _heldBytes is not null)
                RemoveHoldingGate();
            else if (_heldBytes > _wholeBytes)
                TryCutHoldingGate(_wholeBytes);
            RestoreHoldingGate();
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Prepares something for ordinary changes, once what was given up is put back. One at a time, and not while somebody uses what is given up.</summary>
    /// <exception cref="StorageException">As for <see cref="Restore"/>, or of <paramref name="prepare"/>.</exception>
    public T Prepare<T>(Func<T> prepare)
    {
        _preparing.Enter();
        try
        {
            if (_users > 0)
                throw new StorageException(StorageFault.DiskFull, "prepare a log segment beside", Path, "what is held in reserve is being used");
            Restore();
            return prepare();
        }
        finally
        {
            _preparing.Exit();
        }
    }

    /// <summary>
    /// Somebody is about to use what is given up: until <see cref="EndUse"/> nobody puts it back, nor takes it for ordinary changes. Who prepares something for those ends first.
    /// </summary>
    public void BeginUse()
    {
        _preparing.Enter();
        _gate.Enter();
        _users++;
        _gate.Exit();
        _preparing.Exit();
    }

    /// <summary>It is used, or not wanted any more.</summary>
    public void EndUse()
    {
        _gate.Enter();
        _users--;
        _gate.Exit();
    }

    /// <summary>Puts back what was given up.</summary>
    /// <exception cref="StorageException">There is no space for all of it; what could be held is held.</exception>
    public void Restore()
    {
        _gate.Enter();
        try
        {
            RestoreHoldingGate();
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The same, where it may fail: it is tried again before ordinary changes need space.</summary>
    public void TryRestore()
    {
        try
        {
            Restore();
        }
        catch (StorageException)
        {
            // Owed still.
        }
    }

    /// <summary>Gives up what a segment for removals takes: of a whole ballast only, so that a checkpoint finds the rest.</summary>
    /// <returns>Whether it was given up.</returns>
    public bool TryGiveForRemovals(long leastBytes)
    {
        _gate.Enter();
        try
        {
            if (leastBytes > RemovalSegmentBytes || _heldBytes is not long held || held < _wholeBytes)
                return false;
            return TryCutHoldingGate(held - RemovalSegmentBytes);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Gives up so much, or all there is.</summary>
    /// <returns>Whether there was anything left.</returns>
    public bool TryGive(long bytes)
    {
        _gate.Enter();
        try
        {
            if (_heldBytes is not long held || held == 0)
                return false;
            long kept = Math.Max(0, held - bytes);
            return TryCutHoldingGate(kept / PageBytes * PageBytes);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>What is free on the disk that a file lies on, or null where that cannot be found out.</summary>
    public long? TryGetFreeBytesFor(string path)
    {
        try
        {
            return _files.GetFreeBytesFor(path);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <summary>An ordinary segment could not be had.</summary>
    /// <returns>What to tell whoever needed it.</returns>
    public StorageException NoteFull(Exception? cause = null)
    {
        string needs = Format($"the log needs {_segmentBytes} bytes{(OwedBytes > 0 ? Format($" and the reserve {OwedBytes}") : "")}, {TryGetFreeBytesFor(Path) ?? 0} are free");
        string goesOn = HeldBytes > 0 || OwedBytes > 0 ? "reading, deleting and checkpoints go on" : "reading goes on";
        StorageException error = new(
            StorageFault.DiskFull, "prepare a log segment in", SegmentNames.Directory, $"{needs}; {goesOn}; free space, or take a checkpoint to have log removed, and the store takes changes again by itself", cause);
        FullDisk full = new(Full?.Since ?? _clock.GetUtcNow(), error);
        Volatile.Write(ref _full, full);
        return error;
    }

    /// <summary>An ordinary segment was had.</summary>
    public void NoteFree() => Volatile.Write(ref _full, null);

    private long OwedHoldingGate() => _heldBytes is long held ? Math.Max(0, _wholeBytes - held) : 0;

    private void MakeHoldingGate()
    {
        if (_files.GetFreeBytesFor(Path) < _wholeBytes + _segmentBytes)
            throw new StorageException(StorageFault.DiskFull, "make the reserve", Path, Format($"it takes {_wholeBytes} bytes and leaves room for a segment of {_segmentBytes}; without it a full disk refuses deletes and checkpoints too"));
        _files.TryDelete(StagingPath);
        try
        {
            using (IFile file = _files.Open(StagingPath, FileIntent.CreateNew))
            {
                file.Allocate(_wholeBytes);
                file.Sync();
            }

            _files.Rename(StagingPath, Path);
            _heldBytes = _wholeBytes;
        }
        catch (StorageException)
        {
            _files.TryDelete(StagingPath);
            throw;
        }
    }

    private void RemoveHoldingGate()
    {
        _files.Delete(Path);
        _heldBytes = null;
    }

    /// <summary>A ballast that cannot be cut is none: another one is made when there is space for it.</summary>
    private bool TryCutHoldingGate(long bytes)
    {
        try
        {
            using IFile file = _files.Open(Path, FileIntent.ReadWrite);
            file.SetLength(bytes);
            _heldBytes = bytes;
            TrySync(file);
            return true;
        }
        catch (StorageException)
        {
            _heldBytes = null;
            return false;
        }
    }

    /// <summary>Some file systems give freed space out again only once that is in their journal.</summary>
    private static void TrySync(IFile file)
    {
        try
        {
            file.Sync();
        }
        catch (StorageException)
        {
            // Then it comes a little later.
        }
    }

    /// <summary>What there is no space for stays owed; what there is space for is held.</summary>
    private void RestoreHoldingGate()
    {
        if (OwedHoldingGate() == 0)
            return;
        if (_users > 0)
            throw new StorageException(StorageFault.DiskFull, "hold space in", Path, "what was given up of it is being used");
        try
        {
            using IFile file = _files.Open(Path, FileIntent.ReadWrite);
            HoldHoldingGate(file);
        }
        catch (StorageException e) when (e.Fault != StorageFault.DiskFull)
        {
            // Nobody is refused for a file that only takes space.
            _heldBytes = null;
        }
    }

    private void HoldHoldingGate(IFile file)
    {
        try
        {
            file.Allocate(_wholeBytes);
            _heldBytes = _wholeBytes;
        }
        catch (StorageException e) when (e.Fault == StorageFault.DiskFull)
        {
            TryHoldSomeHoldingGate(file);
            throw;
        }
        finally
        {
            TrySync(file);
        }
    }

    private void TryHoldSomeHoldingGate(IFile file)
    {
        try
        {
            long possible = (_heldBytes!.Value + _files.GetFreeBytesFor(Path)) / PageBytes * PageBytes;
            if (possible > _heldBytes && possible < _wholeBytes)
                file.Allocate(possible);
        }
        catch (StorageException)
        {
            // Somebody else was faster.
        }

        // An allocation that fails may have come part of the way.
        _heldBytes = Math.Min(file.GetLength(), _wholeBytes);
    }

    private long? FindHeld()
    {
        try
        {
            return _files.TryGetLength(Path);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
