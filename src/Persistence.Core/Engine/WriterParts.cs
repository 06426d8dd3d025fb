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

    private WriterParts(
        StoreHost host, StoreLock storeLock, RootFile root, WriteAheadLog log, StoreUpkeep upkeep, FaultLatch fault, SnapshotHorizon horizon, StoreMeter? meter)
    {
        _host = host;
        _lock = storeLock;
        Root = root;
        Log = log;
        Upkeep = upkeep;
        Fault = fault;
        Horizon = horizon;
        Meter = meter;
    }

    public RootFile Root { get; }

    public WriteAheadLog Log { get; }

    public FaultLatch Fault { get; }

    public StoreUpkeep Upkeep { get; }

    public SnapshotHorizon Horizon { get; }

    /// <summary>This handle's telemetry; null where the host has none.</summary>
    public StoreMeter? Meter { get; }

    public static WriterParts Create(StoreHost host, StoreOptions options, StateModels models, StoreLock storeLock, OpenedLog opened)
    {
        FaultLatch fault = new();
        SnapshotHorizon horizon = new(opened.Position.Lsn);
        LogSettings settings = new(
            options.SegmentBytes,
            options.SectorBytes,
            options.FrameBytesMax,
            ApplyWhenSequenced: options.Durability != DurabilityMode.Sync,
            options.Durability == DurabilityMode.Batch ? TimeSpan.FromMilliseconds(options.FlushIntervalMs) : Timeout.InfiniteTimeSpan);
        StoreMeter? meter = host.CreateMeter(opened.Root.Current.StoreId, options.Durability);
        WriteAheadLog log = new(
            host.Files, host.Scheduler, host.Clock, host.Random, fault, new ModelCommitHandler(models, horizon),
            new RootRegistry(opened.Root), opened.Allocator, settings, opened.Active, opened.Position, meter);
        LogRetirement retirement = new(host, options, models, log, opened.Root, opened.Allocator);
        CheckpointTaker checkpoints = new(host, options, models, log, opened.Root, opened.Allocator, retirement);
        StoreUpkeep upkeep = new(host, options, models, log, opened.Allocator, checkpoints, retirement, fault, opened.LogBytesSinceCheckpoint, meter);
        return new WriterParts(host, storeLock, opened.Root, log, upkeep, fault, horizon, meter);
    }

#if MUTANTS
    public void ReleaseLock() => _lock.Dispose();

#endif
    /// <summary>Releases files and, last, the lock.</summary>
    public void Dispose()
    {
        Log.Dispose();
        Root.Dispose();
        LockOwner.TryDelete(_host.Files);
        _lock.Dispose();
    }
}
