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
        StoreHost host, StoreLock storeLock, RootFile root, WriteAheadLog log, StoreUpkeep upkeep, FaultLatch fault, SnapshotHorizon horizon, StoreMeter? meter,
        ConfigurationReloader? configuration)
    {
        _host = host;
        _lock = storeLock;
        Root = root;
        Log = log;
        Upkeep = upkeep;
        Fault = fault;
        Horizon = horizon;
        Meter = meter;
        Configuration = configuration;
    }

    public RootFile Root { get; }

    public WriteAheadLog Log { get; }

    public FaultLatch Fault { get; }

    public StoreUpkeep Upkeep { get; }

    public SnapshotHorizon Horizon { get; }

    /// <summary>This handle's telemetry; null where the host has none.</summary>
    public StoreMeter? Meter { get; }

    /// <summary>Who looks whether the configuration has changed; null in a store whose options a program gave.</summary>
    public ConfigurationReloader? Configuration { get; }

    /// <summary>Builds them.</summary>
    /// <param name="host">The outside world.</param>
    /// <param name="options">The options in force.</param>
    /// <param name="given">What the opening overrides the configuration by, which is then looked at again and again; null: it never changes.</param>
    /// <param name="models">The states.</param>
    /// <param name="storeLock">The lock held.</param>
    /// <param name="opened">What opening made.</param>
    public static WriterParts Create(StoreHost host, LiveOptions options, OptionOverrides? given, StateModels models, StoreLock storeLock, OpenedLog opened)
    {
        FaultLatch fault = new();
        SnapshotHorizon horizon = new(opened.Position.Lsn);
        StoreMeter? meter = host.CreateMeter(opened.Root.Current.StoreId, options.Current.Durability);
        WriteAheadLog log = new(
            host.Files, host.Scheduler, host.Clock, host.Random, fault, new ModelCommitHandler(models, horizon),
            new RootRegistry(opened.Root), opened.Allocator, LogSettings.From(options.Current), opened.Active, opened.Position, meter);
        LogRetirement retirement = new(host, options, models, log, opened.Root, opened.Allocator);
        CheckpointTaker checkpoints = new(host, options, models, log, opened.Root, opened.Allocator, retirement);
        ConfigurationReloader? configuration = given is null ? null : new(host, given, options, changed => Apply(changed, host, log, opened.Allocator, meter));
        StoreUpkeep upkeep = new(host, options, models, log, opened.Allocator, checkpoints, retirement, new Compactor(host, options, opened.Root, retirement), fault, opened.LogBytesSinceCheckpoint, meter, configuration);
        return new WriterParts(host, storeLock, opened.Root, log, upkeep, fault, horizon, meter, configuration);
    }

    /// <summary>Tells those of new values who cannot ask for them each time.</summary>
    private static void Apply(StoreConfiguration changed, StoreHost host, WriteAheadLog log, SegmentAllocator allocator, StoreMeter? meter)
    {
        log.Configure(LogSettings.From(changed.Options));
        allocator.SegmentBytes = changed.Options.SegmentBytes;
        host.LockBreaker?.Configure(changed.LockCircuit);
        meter?.ChangeDurability(StoreHost.NameOf(changed.Options.Durability)!);
    }

#if MUTANTS
    public void ReleaseLock() => _lock.Dispose();

#endif
    /// <summary>Releases files and, last, the lock.</summary>
    public void Dispose()
    {
        Upkeep.Dispose();
        Log.Dispose();
        Root.Dispose();
        LockOwner.TryDelete(_host.Files);
        _lock.Dispose();
    }
}
