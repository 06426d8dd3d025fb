using System.Diagnostics.Metrics;

namespace Persistence.Diagnostics;

/// <summary>
/// One handle's part of the telemetry: everything measured here carries its tags. Called outside of the log's locks, when nobody waits for what is
/// measured. Whatever a listener throws is dropped. Thread-safe.
/// </summary>
internal sealed class StoreMeter : IDisposable
{
    /// <summary>A start that was not noted, since nobody listens.</summary>
    public const long NotNoted = long.MinValue;

    private const long RecentFlushes = 2048;
    private const long RecentTransactions = 2048;
    private const double TicksPerMs = TimeSpan.TicksPerMillisecond;

    private readonly TimeProvider _clock;
    private readonly ValueHistogram _flushTicks = new(RecentFlushes);
    private readonly ValueHistogram _frameRecords = new(RecentFlushes);
    private readonly ValueHistogram _frameBytes = new(RecentFlushes);
    private readonly ValueHistogram _transactionTicks = new(RecentTransactions);
    private readonly long[] _transactions = new long[Enum.GetValues<TransactionOutcome>().Length];
    private readonly string _store;
    private KeyValuePair<string, object?>[][] _outcomeTags;
    private Func<bool> _isFaulted = static () => false;
    private Func<long?> _replayBytes = static () => null;
    private long _conflicts;
    private long _checkpoints;
    private long _checkpointTicks = NotNoted;

    /// <param name="telemetry">Where it is measured.</param>
    /// <param name="clock">The store's clock.</param>
    /// <param name="store">What the store is called.</param>
    /// <param name="durability">The durability mode, or null for a handle that only reads.</param>
    public StoreMeter(StoreTelemetry telemetry, TimeProvider clock, string store, string? durability)
    {
        Telemetry = telemetry;
        _clock = clock;
        Access = durability is null ? "read" : "write";
        _store = store;
        Tags = durability is null ? [new(TelemetryTags.Store, store)] : [new(TelemetryTags.Store, store), new(TelemetryTags.Durability, durability)];
        _outcomeTags = OutcomeTags();
    }

    public StoreTelemetry Telemetry { get; }

    /// <summary>What the handle is open for.</summary>
    public string Access { get; }

    /// <summary>What every measurement says.</summary>
    public KeyValuePair<string, object?>[] Tags { get; private set; }

    /// <summary>Whether the store accepts no more changes.</summary>
    public bool IsFaulted => _isFaulted();

    /// <summary>Log since the newest checkpoint; null for a handle that only reads.</summary>
    public long? ReplayBytes => _replayBytes();

    /// <summary>Whether somebody wants to know how long commits take.</summary>
    public bool WantsCommitDuration => Telemetry.CommitDuration.Enabled;

    /// <summary>From here on it is measured under another durability mode.</summary>
    public void ChangeDurability(string durability)
    {
        Tags = [new(TelemetryTags.Store, _store), new(TelemetryTags.Durability, durability)];
        _outcomeTags = OutcomeTags();
    }

    /// <summary>From here on the gauges tell of this handle.</summary>
    public void Open(Func<bool> isFaulted, Func<long?> replayBytes)
    {
        _isFaulted = isFaulted;
        _replayBytes = replayBytes;
        Telemetry.Add(this);
    }

    /// <summary>The gauges forget this handle.</summary>
    public void Dispose() => Telemetry.Remove(this);

    /// <summary>Begins an operation of this handle.</summary>
    public TracedOperation Begin(string operation) => TracedOperation.Begin(Telemetry, _clock, operation, Tags);

    /// <summary>Begins a transaction.</summary>
    /// <param name="outer">The one it is nested in, or the default.</param>
    public TracedOperation BeginTransaction(in TracedOperation outer) => TracedOperation.BeginDetached(Telemetry, _clock, TracedOperation.Transaction, Tags, outer);

    /// <summary>Counts calls that failed.</summary>
    public void Failed(Exception error, string operation, int count = 1) => TracedOperation.CountError(Telemetry, error, operation, Tags, count);

    /// <summary>Now, if somebody wants to know how long a commit takes.</summary>
    public long NoteCommit() => WantsCommitDuration ? _clock.GetTimestamp() : NotNoted;

    /// <summary>A commit was acknowledged.</summary>
    public void Committed(int records, long started)
    {
        if (!Telemetry.Commits.Enabled && !Telemetry.Records.Enabled && started == NotNoted)
            return;
        Count(Telemetry.Commits, 1);
        Count(Telemetry.Records, records);
        if (started != NotNoted)
            Record(Telemetry.CommitDuration, _clock.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>A flush is done, and whoever waited for it knows.</summary>
    public void Flushed(in FlushFigures flush)
    {
        if (flush.Syncs > 0)
            AddSync(flush.FirstSync);
        if (flush.Syncs > 1)
            AddSync(flush.SecondSync);
        if (flush.BeganSegment)
            Count(Telemetry.Segments, 1);
        if (flush.FrameBytes > 0)
            AddFrame(flush);
        if (flush.Commits > 0)
            AddCommits(flush);
    }

    /// <summary>A store was opened.</summary>
    /// <param name="duration">How long rebuilding the state took.</param>
    /// <param name="records">Records replayed.</param>
    /// <param name="wasClean">Whether the last writer had closed it.</param>
    /// <param name="lockWait">How long getting the lock took; null without one.</param>
    public void Opened(TimeSpan duration, long records, bool wasClean, TimeSpan? lockWait)
    {
        Record(Telemetry.RecoveryDuration, duration.TotalSeconds, [.. Tags, new(TelemetryTags.Access, Access), new(TelemetryTags.WasClean, wasClean)]);
        Count(Telemetry.RecoveryRecords, records);
        if (lockWait is TimeSpan waited)
            Record(Telemetry.LockWaitDuration, waited.TotalSeconds);
    }

    /// <summary>A transaction that is nested in none has ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="duration">How long after its beginning.</param>
    public void TransactionEnded(TransactionOutcome outcome, TimeSpan duration)
    {
        Interlocked.Increment(ref _transactions[(int)outcome]);
        _transactionTicks.Add(duration.Ticks);
        Count(Telemetry.Transactions, 1, _outcomeTags[(int)outcome]);
        Record(Telemetry.TransactionDuration, duration.TotalSeconds, _outcomeTags[(int)outcome]);
    }

    /// <summary>The commit of a transaction was refused: others have changed what it has read.</summary>
    public void TransactionConflicted()
    {
        Interlocked.Increment(ref _conflicts);
        Count(Telemetry.TransactionConflicts, 1);
    }

    /// <summary>The name of an outcome in tags.</summary>
    public static string NameOf(TransactionOutcome outcome) => outcome switch
    {
        TransactionOutcome.Committed => "committed",
        TransactionOutcome.RolledBack => "rolled_back",
        TransactionOutcome.Aborted => "aborted",
        _ => "unknown",
    };

    /// <summary>A checkpoint was published.</summary>
    public void CheckpointTaken(TimeSpan duration, long fileBytes)
    {
        Interlocked.Increment(ref _checkpoints);
        Volatile.Write(ref _checkpointTicks, duration.Ticks);
        Record(Telemetry.CheckpointDuration, duration.TotalSeconds);
        Record(Telemetry.CheckpointSize, fileBytes);
    }

    /// <summary>What this handle has seen lately.</summary>
    public StoreTimings Summarize()
    {
        long checkpointTicks = Volatile.Read(ref _checkpointTicks);
        return new StoreTimings
        {
            FlushMs = _flushTicks.Summarize(TicksPerMs),
            FrameRecords = _frameRecords.Summarize(),
            FrameBytes = _frameBytes.Summarize(),
            TransactionMs = _transactionTicks.Summarize(TicksPerMs),
            TransactionsCommitted = CountOf(TransactionOutcome.Committed),
            TransactionsRolledBack = CountOf(TransactionOutcome.RolledBack),
            TransactionsAborted = CountOf(TransactionOutcome.Aborted),
            TransactionConflicts = Interlocked.Read(ref _conflicts),
            CheckpointsTaken = Interlocked.Read(ref _checkpoints),
            LastCheckpointDuration = checkpointTicks == NotNoted ? null : new TimeSpan(checkpointTicks),
        };
    }

    private long CountOf(TransactionOutcome outcome) => Interlocked.Read(ref _transactions[(int)outcome]);

    private void AddSync(TimeSpan time)
    {
        _flushTicks.Add(time.Ticks);
        Count(Telemetry.Flushes, 1);
        Record(Telemetry.FlushDuration, time.TotalSeconds);
    }

    private void AddFrame(in FlushFigures flush)
    {
        Count(Telemetry.Frames, 1);
        Count(Telemetry.WrittenBytes, flush.FrameBytes);
        // A marker is no batch.
        if (flush.FrameRecords == 0)
            return;
        _frameRecords.Add(flush.FrameRecords);
        _frameBytes.Add(flush.FrameBytes);
        Record(Telemetry.FrameRecords, flush.FrameRecords);
        Record(Telemetry.FrameSize, flush.FrameBytes);
    }

    private void AddCommits(in FlushFigures flush)
    {
        Count(Telemetry.Commits, flush.Commits);
        Count(Telemetry.Records, flush.Records);
        foreach (long started in flush.CommitsStarted ?? [])
        {
            if (started != NotNoted)
                Record(Telemetry.CommitDuration, _clock.GetElapsedTime(started).TotalSeconds);
        }
    }

#pragma warning disable CA1031 // A listener's mistake is not the store's.
    private KeyValuePair<string, object?>[][] OutcomeTags() =>
        [.. Enum.GetValues<TransactionOutcome>().Select(outcome => (KeyValuePair<string, object?>[])[.. Tags, new(TelemetryTags.Outcome, NameOf(outcome))])];

    private void Count(Counter<long> counter, long value) => Count(counter, value, Tags);

    private static void Count(Counter<long> counter, long value, KeyValuePair<string, object?>[] tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception)
        {
        }
    }

    private void Record<T>(Histogram<T> histogram, T value)
        where T : struct => Record(histogram, value, Tags);

    private static void Record<T>(Histogram<T> histogram, T value, KeyValuePair<string, object?>[] tags)
        where T : struct
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
        }
    }
#pragma warning restore CA1031
}
