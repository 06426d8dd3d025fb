using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Persistence.Diagnostics;

/// <summary>
/// What stores show to monitoring: one <see cref="System.Diagnostics.Metrics.Meter"/> and one <see cref="ActivitySource"/>, both called
/// <see cref="Name"/>. docs/telemetry.md lists every name with its unit and meaning. A store uses the one its host was given, so it is part of the
/// outside world; stores share one without getting mixed up, since every measurement names its store. Nothing measured ever holds a payload, a key
/// or a path. What listens cannot harm a store: what it throws is dropped. Thread-safe.
/// </summary>
public sealed class StoreTelemetry : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Persistence";

    private readonly object _lock = new();

    // Not kept alive from here: a store that is forgotten without being closed gives its lock back when it is collected.
    private readonly List<WeakReference<StoreMeter>> _stores = [];

    /// <summary>Creates a meter and an activity source of their own.</summary>
    public StoreTelemetry()
    {
        string version = typeof(StoreTelemetry).Assembly.GetName().Version!.ToString(3);
        Meter = new Meter(Name, version);
        Activities = new ActivitySource(Name, version);

        Commits = Meter.CreateCounter<long>("persistence.wal.commits", "{commit}", "Commits that were acknowledged.");
        Records = Meter.CreateCounter<long>("persistence.wal.records", "{record}", "Records of the commits that were acknowledged.");
        Frames = Meter.CreateCounter<long>("persistence.wal.frames", "{frame}", "Frames written: batches of commits, and markers.");
        Flushes = Meter.CreateCounter<long>("persistence.wal.flushes", "{flush}", "Data syncs of the active segment.");
        WrittenBytes = Meter.CreateCounter<long>("persistence.wal.written_bytes", "By", "Bytes of frames written, padding included.");
        Segments = Meter.CreateCounter<long>("persistence.wal.segments", "{segment}", "Segments begun because the one before was full, or because it was asked for.");
        CommitDuration = Meter.CreateHistogram<double>("persistence.wal.commit.duration", "s", "From handing a commit over to its acknowledgement.");
        FlushDuration = Meter.CreateHistogram<double>("persistence.wal.flush.duration", "s", "One data sync of the active segment.");
        FrameRecords = Meter.CreateHistogram<long>("persistence.wal.frame.records", "{record}", "Records written as one frame, by one flush.");
        FrameSize = Meter.CreateHistogram<long>("persistence.wal.frame.size", "By", "Bytes written as one frame, padding included.");
        RecoveryDuration = Meter.CreateHistogram<double>("persistence.recovery.duration", "s", "Rebuilding the state while opening.");
        RecoveryRecords = Meter.CreateCounter<long>("persistence.recovery.records", "{record}", "Records replayed while opening.");
        CheckpointDuration = Meter.CreateHistogram<double>("persistence.checkpoint.duration", "s", "Taking one checkpoint, until it is published.");
        CheckpointSize = Meter.CreateHistogram<long>("persistence.checkpoint.size", "By", "The file of one checkpoint.");
        LockWaitDuration = Meter.CreateHistogram<double>("persistence.lock.wait.duration", "s", "Getting the lock of a store while opening it for writing.");
        Transactions = Meter.CreateCounter<long>("persistence.transactions", "{transaction}", "Transactions that have ended, by outcome; nested ones are part of the one they are nested in.");
        TransactionDuration = Meter.CreateHistogram<double>("persistence.transaction.duration", "s", "From the beginning of a transaction to its end.");
        TransactionConflicts = Meter.CreateCounter<long>("persistence.transaction.conflicts", "{conflict}", "Commits of transactions refused because others had changed what they had read.");
        Errors = Meter.CreateCounter<long>("persistence.errors", "{error}", "Calls that failed, by operation and kind of error.");
        Meter.CreateObservableGauge("persistence.stores.open", CountOpen, "{store}", "Handles that are open.");
        Meter.CreateObservableGauge("persistence.stores.faulted", CountFaulted, "{store}", "Open handles that accept no more changes after a failed write.");
        Meter.CreateObservableGauge("persistence.wal.replay_bytes", MeasureReplay, "By", "Log since the newest checkpoint: what the next opening would have to replay.");
    }

    /// <summary>The one of this process. It lives as long as the process.</summary>
    public static StoreTelemetry Default { get; } = new();

    /// <summary>Where everything is measured.</summary>
    internal Meter Meter { get; }

    /// <summary>Where operations are traced.</summary>
    internal ActivitySource Activities { get; }

    internal Counter<long> Commits { get; }

    internal Counter<long> Records { get; }

    internal Counter<long> Frames { get; }

    internal Counter<long> Flushes { get; }

    internal Counter<long> WrittenBytes { get; }

    internal Counter<long> Segments { get; }

    internal Histogram<double> CommitDuration { get; }

    internal Histogram<double> FlushDuration { get; }

    internal Histogram<long> FrameRecords { get; }

    internal Histogram<long> FrameSize { get; }

    internal Histogram<double> RecoveryDuration { get; }

    internal Counter<long> RecoveryRecords { get; }

    internal Histogram<double> CheckpointDuration { get; }

    internal Histogram<long> CheckpointSize { get; }

    internal Histogram<double> LockWaitDuration { get; }

    internal Counter<long> Transactions { get; }

    internal Histogram<double> TransactionDuration { get; }

    internal Counter<long> TransactionConflicts { get; }

    internal Counter<long> Errors { get; }

    /// <summary>Measures nothing any more; the stores that used it go on.</summary>
    public void Dispose()
    {
        Meter.Dispose();
        Activities.Dispose();
    }

    /// <summary>From here on the gauges tell of the store, until it is removed or collected.</summary>
    internal void Add(StoreMeter store)
    {
        lock (_lock)
        {
            _stores.RemoveAll(static reference => !reference.TryGetTarget(out _));
            _stores.Add(new WeakReference<StoreMeter>(store));
        }
    }

    internal void Remove(StoreMeter store)
    {
        lock (_lock)
            _stores.RemoveAll(reference => !reference.TryGetTarget(out StoreMeter? target) || ReferenceEquals(target, store));
    }

    private long CountOpen() => OpenStores().Count;

    private long CountFaulted() => OpenStores().Count(static store => store.IsFaulted);

    private List<Measurement<long>> MeasureReplay()
    {
        List<Measurement<long>> measured = [];
        foreach (StoreMeter store in OpenStores())
        {
            if (store.ReplayBytes is long bytes)
                measured.Add(new Measurement<long>(bytes, store.Tags));
        }

        return measured;
    }

    private List<StoreMeter> OpenStores()
    {
        List<StoreMeter> open = [];
        lock (_lock)
        {
            foreach (WeakReference<StoreMeter> reference in _stores)
            {
                if (reference.TryGetTarget(out StoreMeter? store))
                    open.Add(store);
            }
        }

        return open;
    }
}
