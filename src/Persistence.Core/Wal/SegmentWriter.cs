#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>The active segment's file. Frames are written by one thread at a time (the one that owns the flush).</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly IFile _file;
    private readonly Platform.IGate _fillGate;
    private readonly GuardedSync _sync;
    private long _filledBytes;
    private long _writtenBytes;

    public SegmentWriter(IFile file, SegmentHeader header, long filledBytes, long writtenBytes, Platform.IScheduler scheduler)
    {
        _file = file;
        _fillGate = scheduler.CreateGate();
        _sync = new GuardedSync(scheduler.CreateGate(), file.SyncData, "sync", file.Path);
        Header = header;
        _filledBytes = filledBytes;
        _writtenBytes = writtenBytes;
    }

    public SegmentHeader Header { get; }

    /// <summary>Whether it takes only commits that remove.</summary>
    public bool IsFromReserve { get; init; }

    /// <summary>Whether less than half a step of zeros is left ahead of the write position.</summary>
    public bool WantsFill
    {
        get
        {
            long filled = Volatile.Read(ref _filledBytes);
            return filled < Header.SizeBytes && filled - Volatile.Read(ref _writtenBytes) < SegmentAllocator.FillStepBytes / 2;
        }
    }

    public bool IsHalfFull => Volatile.Read(ref _writtenBytes) > Header.SizeBytes / 2;

    /// <summary>Writes one frame, padding included, at its place.</summary>
    public void Write(ReadOnlySpan<byte> frame, Lsn lsn)
    {
        long offset = lsn - Header.FirstLsn;
        ClaimUpTo(offset + frame.Length);
#if MUTANTS
        try
        {
            _file.Write(frame, offset);
        }
        catch (StorageException e) when (
            (Mutants.Is(Mutants.ShortWriteIgnored) && e.Fault == StorageFault.Failed)
            || (Mutants.Is(Mutants.FullDiskHalfRecord) && e.Fault == StorageFault.DiskFull)
            || (Mutants.Is(Mutants.ReadOnlyStillAcks) && e.Fault == StorageFault.ReadOnly))
        {
        }
#else
        _file.Write(frame, offset);
#endif
        Volatile.Write(ref _writtenBytes, offset + frame.Length);
    }

    /// <summary>Syncs frames and zeros alike.</summary>
    public void SyncData() => _sync.Run();

    /// <summary>
    /// Writes the next step of zeros. Called from the background; frames are kept out of the step while it is written.
    /// </summary>
    public void FillAhead()
    {
        _fillGate.Enter();
        try
        {
            long start = _filledBytes;
            int count = (int)Math.Min(SegmentAllocator.FillStepBytes, Header.SizeBytes - start);
            if (count <= 0)
                return;
            _file.Write(SegmentAllocator.Zeros.AsSpan(0, count), start);
            Volatile.Write(ref _filledBytes, start + count);
        }
        finally
        {
            _fillGate.Exit();
        }

        SyncData();
    }

    public void Dispose() => _file.Dispose();

    /// <summary>A frame that runs ahead of the zeros takes its place first, so that no zeros are written over it.</summary>
    private void ClaimUpTo(long end)
    {
        if (end <= Volatile.Read(ref _filledBytes))
            return;
        _fillGate.Enter();
        Volatile.Write(ref _filledBytes, Math.Max(_filledBytes, end));
        _fillGate.Exit();
    }
}
