using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>What a store open for writing is made of.</summary>
internal sealed class WriterParts : IDisposable
{
    private readonly StoreHost _host;
    private readonly StoreLock _lock;

    private WriterParts(StoreHost host, StoreLock storeLock, RootFile root, SegmentAllocator allocator, WriteAheadLog log, CheckpointTaker checkpoints, FaultLatch fault)
    {
        _host = host;
        _lock = storeLock;
        Root = root;
        Allocator = allocator;
        Log = log;
        Checkpoints = checkpoints;
        Fault = fault;
    }

    public RootFile Root { get; }

    public SegmentAllocator Allocator { get; }

    public WriteAheadLog Log { get; }

    public CheckpointTaker Checkpoints { get; }

    public FaultLatch Fault { get; }

    /// <summary>Set once, right after construction, when the options ask for any background work.</summary>
    public BackgroundWork? Background { get; set; }

    /// <summary>Bytes of log the last opening had to replay.</summary>
    public long LogBytesAtOpen { get; set; }

    public static WriterParts Create(StoreHost host, StoreOptions options, StateModels models, StoreLock storeLock, OpenedLog opened)
    {
        FaultLatch fault = new();
        LogSettings settings = new(
            options.SegmentBytes,
            options.SectorBytes,
            options.FrameBytesMax,
            ApplyWhenSequenced: options.Durability != DurabilityMode.Sync,
            options.Durability == DurabilityMode.Batch ? TimeSpan.FromMilliseconds(options.FlushIntervalMs) : Timeout.InfiniteTimeSpan);
        WriteAheadLog log = new(
            host.Files, host.Scheduler, host.Clock, host.Random, fault, new ModelCommitHandler(models),
            new RootRegistry(opened.Root), opened.Allocator, settings, opened.Active, opened.Position);
        CheckpointTaker checkpoints = new(host, options, models, log, opened.Root, opened.Allocator);
        return new WriterParts(host, storeLock, opened.Root, opened.Allocator, log, checkpoints, fault) { LogBytesAtOpen = opened.LogBytesSinceCheckpoint };
    }

    /// <summary>Releases files and, last, the lock.</summary>
    public void Dispose()
    {
        Log.Dispose();
        Root.Dispose();
        LockOwner.TryDelete(_host.Files);
        _lock.Dispose();
    }
}
