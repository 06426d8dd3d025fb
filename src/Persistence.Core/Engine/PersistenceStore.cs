using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// A durable store: a write-ahead log, checkpoints and recovery under the state models registered with it. Thread-safe.
/// Whatever changes something throws <see cref="StoreException"/> when the change could not be made as durable as promised.
/// </summary>
public sealed class PersistenceStore : ICommandSink, IDisposable
{
    private const int BackgroundPauseMsMin = 10;

    private readonly StoreHost _host;
    private readonly WriterParts? _writer;
    private readonly IReadOnlyList<SegmentInfo> _segmentsRead;
    private readonly IGate _checkpointGate;
    private readonly IGate _closeGate;
    private readonly RootRecord _rootRead;
    private readonly RetryPause _spaceRetry;
    private readonly RetryPause _checkpointRetry;
    private CommandBatch? _spareBatch = new();
    private bool _closed;
    private long _commitsAtCheckpoint;
    private long _bytesAtCheckpoint;
    private long _checkpointTime;
    private long _commitsSeen;

    private PersistenceStore(
        StoreHost host, StoreOptions options, StateModels models, WriterParts? writer, RecoveryReport report, RootRecord root, IReadOnlyList<SegmentInfo> segments)
    {
        _host = host;
        _writer = writer;
        _rootRead = root;
        _segmentsRead = segments;
        Options = options;
        RecoveryReport = report;
        _checkpointGate = host.Scheduler.CreateGate();
        _closeGate = host.Scheduler.CreateGate();
        _checkpointTime = host.Clock.GetTimestamp();
        _spaceRetry = new RetryPause(host.Clock);
        _checkpointRetry = new RetryPause(host.Clock);
        foreach (IStateModel model in models.All)
            model.Attach(this);
        if (writer is not null && options.NeedsBackground)
            writer.Background = new BackgroundWork(host.Scheduler, RunBackgroundRound, TimeSpan.FromMilliseconds(Math.Max(options.MarkerDelayMs, BackgroundPauseMsMin)));
    }

    /// <summary>How it was opened.</summary>
    public StoreOptions Options { get; }

    /// <summary>What opening found and did.</summary>
    public RecoveryReport RecoveryReport { get; }

    /// <summary>Which store it is.</summary>
    public Guid StoreId => _rootRead.StoreId;

    /// <summary>Whether this handle may only read; its states are those of the moment of opening.</summary>
    public bool IsReadOnly => _writer is null;

    /// <summary>Everything below is durable.</summary>
    public Lsn DurableLsn => _writer?.Log.SyncedLsn ?? RecoveryReport.ProvenLsn;

    /// <summary>Whether the handle was closed.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Creates an empty store, or completes a creation that was cut short. It is durable on return; open it to use it.</summary>
    /// <exception cref="StoreException">StoreExists, StoreMismatch, StoreLocked, RecoveryRequired, or why the files could not be made.</exception>
    public static void Create(StoreHost host, StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        StoreCreator.Create(host, options);
    }

    /// <summary>
    /// Opens a store for writing, recovering it first when the last writer did not close it. A refused opening changes nothing.
    /// </summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="options">How it behaves while open.</param>
    /// <param name="models">The states it holds: every model that has records or checkpoint items in it.</param>
    /// <param name="mode">How much damage to put up with.</param>
    /// <param name="progress">Told how recovery comes along, or null.</param>
    /// <exception cref="StoreException">StoreNotFound, StoreLocked, RecoveryRequired, ChecksumMismatch, SequenceGap, CheckpointInvalid, UnsupportedFormatVersion, StoreMismatch, or a failure of the files.</exception>
    public static PersistenceStore Open(
        StoreHost host, StoreOptions options, IEnumerable<IStateModel> models, RecoveryMode mode = RecoveryMode.Strict, Action<RecoveryProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        StateModels registered = new(models);
        StoreReader.RequireStore(host.Files, mode);
        // The lock's file must not be left behind by an opening that is refused, nor can it be taken away again: somebody may wait for it.
        if (!StoreLock.Exists(host.Files))
            ReadWritable(new StoreReader(host, registered, mode, progress: null));
        registered.Reset();
        StoreLock storeLock = StoreLock.Acquire(host.Files, host.Scheduler, host.Clock, host.Random, options.LockTimeoutMs);
        byte[]? previousOwner = LockOwner.TryReadContent(host.Files);
        bool changing = false;
        OpenedLog? opened = null;
        try
        {
            LockOwner.Create(host.Process, host.Random).TryWrite(host.Files);
            StoreReader reader = new(host, registered, mode, progress);
            RebuiltState rebuilt = ReadWritable(reader);
            changing = true;
            opened = new StoreOpener(host, options, reader).Open(rebuilt);
            WriterParts parts = WriterParts.Create(host, options, registered, storeLock, opened);
            return new PersistenceStore(host, options, registered, parts, opened.Report, opened.Root.Current, []);
        }
        catch
        {
            registered.Reset();
            opened?.Dispose();
            LockOwner.Restore(host.Files, changing ? null : previousOwner);
            storeLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a store for reading, at any time, whoever holds it for writing: the recovery plan is carried out in memory, nothing is written, no lock is taken.
    /// </summary>
    public static PersistenceStore OpenReadOnly(
        StoreHost host, IEnumerable<IStateModel> models, RecoveryMode mode = RecoveryMode.Strict, Action<RecoveryProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        StateModels registered = new(models);
        StoreReader.RequireStore(host.Files, mode);
        const int attemptsMax = 16;
        for (int attempt = 1; ; attempt++)
        {
            long? generation = RootFile.Read(host.Files).Believed?.Generation;
            StoreReader reader = new(host, registered, mode, progress);
            try
            {
                LockOwner? writer = host.FindWriter();
                RebuiltState rebuilt = reader.Read(writer);
                RecoveryReport report = reader.Report(rebuilt, applied: false, reader.Root.Epoch, StoreOpener.Plan(host, reader, rebuilt), []);
                return new PersistenceStore(host, new StoreOptions(), registered, null, report, reader.Root, reader.Plan!.StartingPoints[^1].Segments);
            }
            catch (StoreException) when (attempt < attemptsMax && RootFile.Read(host.Files).Believed?.Generation != generation)
            {
                // A writer moved on while we were reading: what we missed is in another place now.
            }
        }
    }

    private static RebuiltState ReadWritable(StoreReader reader)
    {
        RebuiltState rebuilt = reader.Read();
        reader.RequireWritable();
        return rebuilt;
    }

    /// <inheritdoc/>
    public CommitResult Commit(CommandBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        ArgumentNullException.ThrowIfNull(batch);
        WriterParts writer = RequireWriter();
        CommitResult result = writer.Log.Append(batch, IsSync(durability));
        writer.Background?.Notify();
        return result;
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(CommandBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        ArgumentNullException.ThrowIfNull(batch);
        WriterParts writer = RequireWriter();
        ValueTask<CommitResult> task = writer.Log.AppendAsync(batch, IsSync(durability));
        writer.Background?.Notify();
        return task;
    }

    /// <summary>Appends an application record: it lives as long as the log is retained.</summary>
    /// <param name="type">The application's name for what it is.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <param name="durability">What to wait for.</param>
    public CommitResult AppendRecord(string type, ReadOnlySpan<byte> value, CommitDurability durability = CommitDurability.Store)
    {
        CommandBatch batch = Interlocked.Exchange(ref _spareBatch, null) ?? new CommandBatch();
        try
        {
            ApplicationRecord.AddTo(batch, type, value);
            return Commit(batch, durability);
        }
        finally
        {
            batch.Clear();
            Volatile.Write(ref _spareBatch, batch);
        }
    }

    /// <summary>A barrier: on return everything committed before is durable.</summary>
    public void Flush()
    {
        WriterParts writer = RequireWriter();
        writer.Log.Flush();
        writer.Background?.Notify();
    }

    /// <summary>The next commit begins a new log segment.</summary>
    public void RotateLog() => RequireWriter().Log.RequestRotation();

    /// <summary>Takes a full checkpoint; it is durable and published on return. One at a time: a second caller waits.</summary>
    /// <param name="name">A label, or null.</param>
    public CheckpointInfo TakeCheckpoint(string? name = null)
    {
        _checkpointGate.Enter();
        try
        {
            return TakeHoldingGate(RequireWriter(), name);
        }
        finally
        {
            _checkpointGate.Exit();
        }
    }

    /// <summary>The published checkpoints, oldest first.</summary>
    public IReadOnlyList<CheckpointInfo> GetCheckpoints()
    {
        while (true)
        {
            RootRecord root = _writer?.Root.Current ?? _rootRead;
            try
            {
                return [.. root.Checkpoints.Select(checkpoint => ReadInfo(root, checkpoint)).OfType<CheckpointInfo>()];
            }
            catch (StorageException e) when (e.Fault == StorageFault.NotFound && _writer is not null && _writer.Root.Current.Generation != root.Generation)
            {
                // Newer ones have taken their place.
            }
        }
    }

    /// <summary>Null when a writer has removed it since this handle was opened for reading.</summary>
    private CheckpointInfo? ReadInfo(RootRecord root, RootCheckpoint checkpoint)
    {
        string path = CheckpointNames.Path(checkpoint.Id);
        try
        {
            using IFile file = _host.Files.Open(path, FileIntent.Read);
            return CheckpointInfo.From(CheckpointReader.Open(file, root.StoreId, checkpoint.Id), path);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound && _writer is null)
        {
            return null;
        }
    }

    /// <summary>
    /// Reads the log in order, from <paramref name="from"/> (or the oldest record retained) to the end at the moment of the call. On a
    /// handle open for writing, what is not yet flushed is flushed first.
    /// </summary>
    /// <exception cref="StoreException">LogTruncated, ChecksumMismatch, while enumerating.</exception>
    public IEnumerable<LogEntry> ReadLog(Lsn from = default)
    {
        if (_writer is null)
            return LogReader.Read(_host.Files, _segmentsRead, from, RecoveryReport.EndLsn, RecoveryReport.ProvenLsn);
        if (!_writer.Fault.IsSet)
            _writer.Log.Flush();
        // First the end, then the segments: what is read of a log that goes on meanwhile is in them.
        Lsn end = _writer.Log.SyncedLsn;
        return LogReader.Read(_host.Files, FindSegments(_writer), from, end, end);
    }

    private IReadOnlyList<SegmentInfo> FindSegments(WriterParts writer)
    {
        while (true)
        {
            RootRecord root = writer.Root.Current;
            try
            {
                return RecoveryPlan.Decide(root, SegmentCatalog.Read(_host.Files, root.StoreId), RecoveryMode.Strict).StartingPoints[^1].Segments;
            }
            catch (StoreException) when (writer.Root.Current.Generation != root.Generation)
            {
                // The log rolled on, and retention went on with it.
            }
        }
    }

    /// <summary>The store's figures.</summary>
    public StoreStatus GetStatus()
    {
        RootRecord root = _writer?.Root.Current ?? _rootRead;
        return new StoreStatus
        {
            StoreId = root.StoreId,
            Epoch = root.Epoch,
            Durability = Options.Durability,
            IsReadOnly = IsReadOnly,
            DurableLsn = DurableLsn,
            ActiveSegment = root.ActiveSequence,
            LastCheckpointId = root.Checkpoints.Count == 0 ? null : root.Checkpoints[^1].Id,
            LogBytesSinceCheckpoint = _writer is null ? 0 : LogBytesSinceCheckpoint(_writer),
            Log = _writer?.Log.Statistics ?? default,
            Fault = _writer?.Fault.Cause,
            Degraded = _checkpointRetry.Cause ?? _spaceRetry.Cause,
        };
    }

    /// <summary>
    /// Closes: flushes, takes a final checkpoint if enough log has gathered, records the clean end, releases the lock. Closing
    /// twice is harmless. A store that cannot be closed cleanly is released all the same, and recovers at the next opening.
    /// </summary>
    /// <exception cref="StoreException">The end could not be made durable.</exception>
    public void Close()
    {
        _closeGate.Enter();
        try
        {
            bool first = !_closed;
            Volatile.Write(ref _closed, true);
            if (first && _writer is WriterParts writer)
                CloseWriter(writer);
        }
        finally
        {
            _closeGate.Exit();
        }
    }

    /// <summary>Closes, without reporting a failure: whatever was acknowledged is safe in the log.</summary>
    public void Dispose()
    {
        try
        {
            Close();
        }
        catch (StoreException)
        {
            // Close reports it to those who ask; the next opening recovers.
        }
    }

    private void CloseWriter(WriterParts writer)
    {
        writer.Background?.Stop();
        // A checkpoint under way ends first: its files are no longer ours once the lock is released.
        _checkpointGate.Enter();
        try
        {
            CloseHoldingGate(writer);
        }
        finally
        {
            writer.Dispose();
            _checkpointGate.Exit();
        }
    }

    private void CloseHoldingGate(WriterParts writer)
    {
        if (!writer.Fault.IsSet && CheckpointPolicy.IsDueAtClose(Options, LogBytesSinceCheckpoint(writer)))
            TryCloseCheckpoint(writer);
        if (writer.Log.Close() is LogPosition end)
            writer.Root.Update(record => record with { Clean = true, DurableFloor = end.Lsn });
        writer.Fault.ThrowIfSet();
    }

    /// <summary>A final checkpoint that fails costs time at the next opening, nothing else.</summary>
    private void TryCloseCheckpoint(WriterParts writer)
    {
        try
        {
            TakeHoldingGate(writer, name: null);
        }
#pragma warning disable CA1031 // The log has everything, and it must be closed whatever a state model throws.
        catch (Exception e)
        {
            _checkpointRetry.NoteFailure(e);
        }
#pragma warning restore CA1031
    }

    private CheckpointInfo TakeHoldingGate(WriterParts writer, string? name)
    {
        LogStatistics before = writer.Log.Statistics;
        CheckpointInfo info = writer.Checkpoints.Take(name);
        Volatile.Write(ref _commitsAtCheckpoint, before.Commits);
        Volatile.Write(ref _bytesAtCheckpoint, before.BytesWritten);
        writer.LogBytesAtOpen = 0;
        _checkpointTime = _host.Clock.GetTimestamp();
        try
        {
            // In this order: on a full disk the note may need the space that retiring frees.
            writer.Checkpoints.Retire();
            NoteCheckpoint(writer, info);
            // The note is no change: it must not make the next checkpoint due.
            Volatile.Write(ref _commitsAtCheckpoint, before.Commits + 1);
            _checkpointRetry.NoteSuccess();
        }
        catch (StoreException e)
        {
            // The checkpoint stands; what was not removed now is removed after the next one.
            _checkpointRetry.NoteFailure(e);
        }

        return info;
    }

    /// <summary>One round of work beside the commits.</summary>
    /// <returns>When the next one is wanted, whether or not anything is committed meanwhile.</returns>
    private TimeSpan RunBackgroundRound()
    {
        WriterParts writer = _writer!;
        if (writer.Fault.IsSet)
            return Timeout.InfiniteTimeSpan;
        long commits = writer.Log.Statistics.Commits;
        bool quiet = commits == _commitsSeen;
        _commitsSeen = commits;
        bool flushComes = quiet && Options.MarkerDelayMs > 0 && writer.Log.WriteMarkerIfIdle();
        Try(_spaceRetry, () => PrepareSpace(writer));
        RotateAged(writer);
        Try(_checkpointRetry, () => TakeDueCheckpoint(writer, commits));
        return quiet && !flushComes ? UntilNextRound(writer) : TimeSpan.Zero;
    }

    private static void Try(RetryPause retry, Action work)
    {
        if (retry.Left > TimeSpan.Zero)
            return;
        try
        {
            work();
        }
#pragma warning disable CA1031 // Nobody is above this thread: whatever happens is kept for who asks, and the store goes on.
        catch (Exception e)
        {
            retry.NoteFailure(e);
        }
#pragma warning restore CA1031
    }

    /// <summary>With nothing being committed: until what failed is tried again, or until a checkpoint is due by the clock.</summary>
    private TimeSpan UntilNextRound(WriterParts writer)
    {
        TimeSpan longest = TimeSpan.FromHours(1);
        TimeSpan wait = longest;
        foreach (TimeSpan retry in (ReadOnlySpan<TimeSpan>)[_spaceRetry.Left, _checkpointRetry.Left])
        {
            if (retry > TimeSpan.Zero && retry < wait)
                wait = retry;
        }

        bool changed = writer.Log.Statistics.Commits > Volatile.Read(ref _commitsAtCheckpoint);
        if (Options.CheckpointIntervalSeconds > 0 && changed && _checkpointRetry.Left == TimeSpan.Zero)
        {
            TimeSpan due = TimeSpan.FromSeconds(Options.CheckpointIntervalSeconds) - _host.Clock.GetElapsedTime(_checkpointTime);
            return due < TimeSpan.Zero ? TimeSpan.Zero : due < wait ? due : wait;
        }

        return wait == longest ? Timeout.InfiniteTimeSpan : wait;
    }

    private void PrepareSpace(WriterParts writer)
    {
        if (Options.SpareSegments == 0)
            return;
        if (writer.Log.WantsFill)
            writer.Log.FillAhead();
        if (writer.Log.IsHalfFull && writer.Allocator.SpareCount < Options.SpareSegments)
            writer.Allocator.AddSpare();
        _spaceRetry.NoteSuccess();
    }

    private void RotateAged(WriterParts writer)
    {
        if (Options.SegmentAgeMaxSeconds == 0)
            return;
        TimeSpan age = _host.Clock.GetUtcNow() - Timestamps.ToInstant(writer.Log.ActiveSegmentCreated);
        if (age >= TimeSpan.FromSeconds(Options.SegmentAgeMaxSeconds))
            writer.Log.RequestRotation();
    }

    private void TakeDueCheckpoint(WriterParts writer, long commits)
    {
        long commitsSince = commits - Volatile.Read(ref _commitsAtCheckpoint);
        if (!CheckpointPolicy.IsDue(Options, LogBytesSinceCheckpoint(writer), commitsSince, _host.Clock.GetElapsedTime(_checkpointTime)))
            return;
        _checkpointGate.Enter();
        try
        {
            TakeHoldingGate(writer, name: null);
        }
        finally
        {
            _checkpointGate.Exit();
        }
    }

    /// <summary>The log says that a checkpoint was published, for those who read or tail it.</summary>
    private static void NoteCheckpoint(WriterParts writer, CheckpointInfo info)
    {
        CommandBatch batch = new();
        MessagePackWriter payload = new(batch.Begin());
        payload.WriteArrayHeader(3);
        payload.WriteInteger(info.Id);
        payload.WriteInteger(info.RedoFrom.Value);
        payload.WriteInteger(info.End.Value);
        batch.End(RecordType.CheckpointMarker, version: 1, RecordFlags.Skippable);
        // Synced: unsynced it would wait for the next commit, and keep the marker from telling readers how far the log is durable.
        writer.Log.Append(batch, sync: true);
    }

    private long LogBytesSinceCheckpoint(WriterParts writer) =>
        writer.LogBytesAtOpen + writer.Log.Statistics.BytesWritten - Volatile.Read(ref _bytesAtCheckpoint);

    private bool IsSync(CommitDurability durability) => durability == CommitDurability.Sync || Options.Durability == DurabilityMode.Sync;

    private WriterParts RequireWriter()
    {
        if (IsClosed)
            throw new StoreException(StoreError.StoreClosed, "The store is closed.");
        return _writer ?? throw new StoreException(StoreError.StoreReadOnly, "The store is open for reading only.");
    }
}
