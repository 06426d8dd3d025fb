using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Transactions;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// A durable store: a write-ahead log, checkpoints and recovery under the state models registered with it. Thread-safe.
/// Whatever changes something throws <see cref="StoreException"/> when the change could not be made as durable as promised.
/// </summary>
public sealed class PersistenceStore : ICommandSink, IDisposable
{
    private readonly StoreHost _host;
    private readonly LiveOptions _options;
    private readonly WriterParts? _writer;
    private readonly StateModels _models;
    private readonly IReadOnlyList<SegmentInfo> _segmentsRead;
    private readonly IGate _closeGate;
    private readonly RootRecord _rootRead;
    private readonly StoreMeter? _meter;
    private readonly long _logBytesRead;
    private CommandBatch? _spareBatch = new();
    private bool _closed;

    private PersistenceStore(
        StoreHost host, LiveOptions options, StateModels models, WriterParts? writer, RecoveryReport report, RootRecord root, IReadOnlyList<SegmentInfo> segments,
        StoreMeter? meter, long logBytesRead)
    {
        _host = host;
        _writer = writer;
        _models = models;
        _rootRead = root;
        _segmentsRead = segments;
        _options = options;
        RecoveryReport = report;
        _closeGate = host.Scheduler.CreateGate();
        Horizon = writer?.Horizon ?? new SnapshotHorizon(report.EndLsn);
        foreach (IStateModel model in models.All)
            model.Attach(this);
        _logBytesRead = logBytesRead;
        _meter = meter;
        meter?.Open(() => _writer?.Fault.IsSet ?? false, () => _writer?.Upkeep.LogBytesSinceCheckpoint);
    }

    /// <summary>How it behaves just now. In a store opened as it is configured, that may change at any time.</summary>
    public StoreOptions Options => _options.Current;

    /// <summary>What opening found and did.</summary>
    public RecoveryReport RecoveryReport { get; }

    /// <summary>Which store it is.</summary>
    public Guid StoreId => _rootRead.StoreId;

    /// <summary>Whether this handle may only read; its states are those of the moment of opening.</summary>
    public bool IsReadOnly => _writer is null;

    /// <summary>Everything below is durable.</summary>
    public Lsn DurableLsn => _writer?.Log.SyncedLsn ?? RecoveryReport.ProvenLsn;

    /// <inheritdoc/>
    public SnapshotHorizon Horizon { get; }

    IFileSystem ICommandSink.Files => _host.Files;

    /// <summary>Whether the handle was closed.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Creates an empty store, or completes a creation that was cut short. It is durable on return; open it to use it.</summary>
    /// <exception cref="StoreException">StoreExists, StoreMismatch, StoreLocked, LockTimeout, CircuitOpen, RecoveryRequired, or why the files could not be made.</exception>
    public static void Create(StoreHost host, StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        StoreCreator.Create(host, options);
    }

    /// <summary>Which store a directory holds, whoever has it open.</summary>
    /// <exception cref="StoreException">StoreNotFound; RecoveryRequired: no copy of ROOT is valid; UnsupportedFormatVersion, or a failure of the files.</exception>
    public static Guid GetStoreId(StoreHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        StoreReader.RequireStore(host.Files, RecoveryMode.Strict);
        return (RootFile.Read(host.Files).Believed ?? throw StoreCreator.RootLost()).StoreId;
    }

    /// <summary>
    /// Opens a store for writing, recovering it first when the last writer did not close it. A refused opening changes nothing.
    /// </summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="options">How it behaves while open.</param>
    /// <param name="models">The states it holds: every model that has records or checkpoint items in it. None may be that of a store that is open.</param>
    /// <param name="mode">How much damage to put up with.</param>
    /// <param name="progress">Told how recovery comes along, or null.</param>
    /// <param name="target">
    /// The earlier moment to go back to, or null. The history after it is left: a new branch of the log begins there. What was left stays in the log until retention takes it, and can
    /// be gone back to by its LSNs; newer checkpoints are kept in quarantine. Cut short, it has happened or it has not.
    /// </param>
    /// <exception cref="UnreachableTargetException">PositionNotInLog: there is no such position. LogTruncated: its state cannot be rebuilt any more.</exception>
    /// <exception cref="StoreException">StoreNotFound, StoreLocked, LockTimeout, CircuitOpen, CheckpointNotFound, RecoveryRequired, ChecksumMismatch, SequenceGap, CheckpointInvalid, UnsupportedFormatVersion, StoreMismatch, or a failure of the files.</exception>
    public static PersistenceStore Open(
        StoreHost host, StoreOptions options, IEnumerable<IStateModel> models, RecoveryMode mode = RecoveryMode.Strict, Action<RecoveryProgress>? progress = null,
        RecoveryTarget? target = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        StoreConfiguration configuration = StoreConfiguration.Of(options);
        return OpenToWrite(host, () => configuration, given: null, models, mode, progress, target);
    }

    /// <summary>
    /// Opens a store for writing as it is configured: by its <c>persistence.toml</c>, overridden by <see cref="StoreHost.Environment"/>, overridden by what the caller says.
    /// While it is open the file is looked at again and again, and what can change does (<see cref="GetConfiguration"/>).
    /// </summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="models">The states it holds, as for <see cref="Open"/>.</param>
    /// <param name="given">What the caller says of single keys; null for nothing.</param>
    /// <param name="mode">How much damage to put up with.</param>
    /// <param name="progress">Told how recovery comes along, or null.</param>
    /// <param name="target">The earlier moment to go back to, or null, as for <see cref="Open"/>.</param>
    /// <exception cref="StoreException">ConfigurationInvalid, before anything is changed; and as for <see cref="Open"/>.</exception>
    public static PersistenceStore OpenConfigured(
        StoreHost host, IEnumerable<IStateModel> models, OptionOverrides? given = null, RecoveryMode mode = RecoveryMode.Strict, Action<RecoveryProgress>? progress = null,
        RecoveryTarget? target = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        OptionOverrides overrides = given ?? OptionOverrides.None;
        return OpenToWrite(host, () => ConfigurationFile.Load(host, overrides), overrides, models, mode, progress, target);
    }

    private static PersistenceStore OpenToWrite(
        StoreHost host, Func<StoreConfiguration> load, OptionOverrides? given, IEnumerable<IStateModel> models, RecoveryMode mode, Action<RecoveryProgress>? progress,
        RecoveryTarget? target)
    {
        StateModels registered = new(models);
        return Traced(host, operation =>
        {
            PersistenceStore store = OpenToWrite(host, load, given, registered, mode, progress, target, out TimeSpan? lockWait);
            store.NoteOpened(operation, lockWait);
            return store;
        });
    }

    private static PersistenceStore OpenToWrite(
        StoreHost host, Func<StoreConfiguration> load, OptionOverrides? given, StateModels registered, RecoveryMode mode, Action<RecoveryProgress>? progress, RecoveryTarget? target, out TimeSpan? lockWait)
    {
        StoreReader.RequireStore(host.Files, mode);
        StoreConfiguration configuration = load();
        if (given is not null)
            host.LockBreaker?.Configure(configuration.LockCircuit);
        // The lock's file must not be left behind by an opening that is refused, nor can it be taken away again: somebody may wait for it.
        if (!StoreLock.Exists(host.Files))
            ReadWritable(new StoreReader(StorePlacement.ForWriting(host, configuration.Options).Host, registered, mode, progress: null, target));
        registered.Reset();
        long asked = host.Telemetry is null ? 0 : host.Clock.GetTimestamp();
        StoreLock storeLock = host.AcquireLock(configuration.Options.LockTimeoutMs);
        lockWait = host.Telemetry is null ? null : host.Clock.GetElapsedTime(asked);
        LockOwner owner = LockOwner.Create(host.Process, host.Random);
        byte[]? previousOwner = LockOwner.TryReadContent(host.Files);
        bool keepsOwner = LockOwner.IsSomethingElse(host.Files);
        bool changing = false;
        OpenedLog? opened = null;
        try
        {
            // Once more: it may have been changed while this waited.
            LiveOptions options = new(load());
            StorePlacement placement = StorePlacement.ForWriting(host, options.Current);
            host = placement.Host;
            if (!keepsOwner)
                owner.TryWrite(host.Files);
            StoreReader reader = new(host, registered, mode, progress, target);
            RebuiltState rebuilt = ReadWritable(reader);
            changing = true;
            opened = new StoreOpener(placement, options.Current, reader).Open(rebuilt);
            if (keepsOwner)
                owner.TryWrite(host.Files);
            WriterParts parts = WriterParts.Create(host, options, given, registered, storeLock, opened);
            PersistenceStore store = new(host, options, registered, parts, opened.Report, opened.Root.Current, [], parts.Meter, opened.LogBytesSinceCheckpoint);
            parts.Upkeep.BeginEffects();
            parts.Upkeep.KeepReserve();
            if (given is not null)
                parts.Upkeep.Notify();
            return store;
        }
        catch
        {
            registered.Reset();
            opened?.Dispose();
            if (!keepsOwner)
                LockOwner.Restore(host.Files, changing ? null : previousOwner);
            storeLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a store for reading, at any time, whoever holds it for writing: the recovery plan is carried out in memory, nothing is written, no lock is taken.
    /// </summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="models">The states it holds.</param>
    /// <param name="mode">How much damage to put up with.</param>
    /// <param name="progress">Told how it comes along, or null.</param>
    /// <param name="target">The earlier moment whose state and log are wanted, or null for the newest.</param>
    /// <exception cref="UnreachableTargetException">PositionNotInLog: there is no such position. LogTruncated: its state cannot be rebuilt any more.</exception>
    /// <exception cref="StoreException">As for opening to write, without the lock.</exception>
    public static PersistenceStore OpenReadOnly(
        StoreHost host, IEnumerable<IStateModel> models, RecoveryMode mode = RecoveryMode.Strict, Action<RecoveryProgress>? progress = null,
        RecoveryTarget? target = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        StateModels registered = new(models);
        return Traced(host, operation =>
        {
            PersistenceStore store = OpenToRead(host, registered, mode, progress, target);
            store.NoteOpened(operation, lockWait: null);
            return store;
        });
    }

    private static PersistenceStore OpenToRead(StoreHost host, StateModels registered, RecoveryMode mode, Action<RecoveryProgress>? progress, RecoveryTarget? target)
    {
        StoreReader.RequireStore(host.Files, mode);
        host = StorePlacement.ForReading(host);
        const int attemptsMax = 16;
        for (int attempt = 1; ; attempt++)
        {
            long? generation = RootFile.Read(host.Files).Believed?.Generation;
            StoreReader reader = new(host, registered, mode, progress, target);
            try
            {
                LockOwner? writer = host.FindWriter();
                RebuiltState rebuilt = reader.Read(writer);
                RecoveryReport report = reader.Report(rebuilt, applied: false, reader.Root.Epoch, StoreOpener.Plan(host, reader, rebuilt), []);
                StoreMeter? meter = host.CreateMeter(reader.Root.StoreId, durability: null);
                return new PersistenceStore(host, new LiveOptions(StoreConfiguration.Defaults), registered, null, report, StoreOpener.RootAt(reader, rebuilt), reader.Plan!.Path.Segments, meter, rebuilt.Counts.Bytes);
            }
            catch (StoreException) when (attempt < attemptsMax)
            {
                // Where a writer moved on while we were reading, what we missed is in another place now.
                if (RootFile.Read(host.Files).Believed?.Generation == generation)
                    throw;
            }
        }
    }

    private static PersistenceStore Traced(StoreHost host, Func<TracedOperation, PersistenceStore> open)
    {
        using TracedOperation operation = host.Begin(TracedOperation.Open);
        try
        {
            return open(operation);
        }
        catch (Exception e)
        {
            operation.Fail(e);
            throw;
        }
    }

    private void NoteOpened(TracedOperation operation, TimeSpan? lockWait)
    {
        if (_meter is null)
            return;
        foreach ((string name, object? value) in _meter.Tags)
            operation.Tag(name, value);
        operation.Tag(TelemetryTags.Access, _meter.Access);
        operation.Tag(TelemetryTags.WasClean, RecoveryReport.WasClean);
        operation.Tag(TelemetryTags.RecordsReplayed, RecoveryReport.RecordsReplayed);
        _meter.Opened(RecoveryReport.Duration, RecoveryReport.RecordsReplayed, RecoveryReport.WasClean, lockWait);
    }

    /// <summary>
    /// Follows a store's log while a writer, in this process or another, appends to it. Takes no lock on the store and writes nothing; nobody need have it open.
    /// </summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="from">The first position wanted, <see cref="Lsn.None"/> for the oldest entry there is; null for what is appended from now on.</param>
    /// <param name="options">How to follow it, or null for the defaults.</param>
    /// <exception cref="StoreException">StoreNotFound, RecoveryRequired when ROOT is lost, or a failure of the files.</exception>
    public static LogTail Tail(StoreHost host, Lsn? from = null, LogTailOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        return LogTail.Open(host, from, options ?? new LogTailOptions());
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
        try
        {
            WriterParts writer = RequireWriter();
            CommitResult result = writer.Log.Append(batch, IsSync(durability));
            writer.Upkeep.Notify();
            return result;
        }
        catch (StoreException e)
        {
            NoteFailed(e);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(CommandBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            WriterParts writer = RequireWriter();
            ValueTask<CommitResult> task = writer.Log.AppendAsync(batch, IsSync(durability));
            writer.Upkeep.Notify();
            return task;
        }
        catch (StoreException e)
        {
            NoteFailed(e);
            throw;
        }
    }

    /// <summary>On a full disk the background looks for space from then on.</summary>
    private void NoteFailed(StoreException e)
    {
        _meter?.Failed(e, TracedOperation.Commit);
        if (e.Error == StoreError.DiskFull)
            _writer?.Upkeep.Notify();
    }

    /// <summary>Begins a transaction. It is rolled back unless it is committed.</summary>
    public Transaction BeginTransaction(TransactionOptions? options = null)
    {
        RequireWriter();
        return new Transaction(new TransactionRoot(this, _host.Clock, Options.AuditTransactions, _meter), options);
    }

    /// <summary>A snapshot of all states, as of what is committed now; read it by the models. On a handle open for reading only: of the moment of opening.</summary>
    public Snapshot OpenSnapshot() => Horizon.Open();

    Guid ICommandSink.NewId() => _host.Random.NextGuid();

    void ICommandSink.RequireWritable() => RequireWriter().Fault.ThrowIfSet();

    bool ICommandSink.HasMovedOn => _writer is null && RootFile.Read(_host.Files).Believed?.Generation != _rootRead.Generation;

    bool ICommandSink.RequestCheckpoint() => _writer?.Upkeep.RequestCheckpoint() ?? false;

    void ICommandSink.CarryOutEffects() => _writer?.Upkeep.CarryOutEffects();

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

    /// <summary>A barrier: on return everything committed before is applied, and durable.</summary>
    public void Flush()
    {
        try
        {
            WriterParts writer = RequireWriter();
            writer.Log.Flush();
            writer.Upkeep.Notify();
        }
        catch (StoreException e)
        {
            _meter?.Failed(e, TracedOperation.Flush);
            throw;
        }
    }

    /// <summary>The next commit begins a new log segment.</summary>
    public void RotateLog() => RequireWriter().Log.RequestRotation();

    /// <summary>Takes a checkpoint, full or incremental as the options say; it is durable and published on return. One at a time: a second caller waits.</summary>
    /// <param name="name">A label, or null.</param>
    public CheckpointInfo TakeCheckpoint(string? name = null) => TakeCheckpoint(new CheckpointRequest { Name = name });

    /// <summary>The same, as asked for in every detail.</summary>
    /// <exception cref="OperationCanceledException">It was given up: nothing was published.</exception>
    public CheckpointInfo TakeCheckpoint(CheckpointRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RequireWriter().Upkeep.TakeCheckpoint(request);
    }

    /// <summary>
    /// Removes checkpoints, and with each the increments that build on it. Durable on return. The log that they would have let go of stays until the next checkpoint; the
    /// next checkpoint after the newest was removed is full.
    /// </summary>
    /// <param name="ids">Their numbers.</param>
    /// <returns>The numbers of all that were removed.</returns>
    /// <exception cref="StoreException">CheckpointNotFound; CheckpointInvalid when the state could not be rebuilt without them: nothing was removed then.</exception>
    public IReadOnlyList<long> RemoveCheckpoints(params IReadOnlyCollection<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return RequireWriter().Upkeep.RemoveCheckpoints(ids);
    }

    /// <summary>Verifies published checkpoints, whoever has the store open: every byte of their files and of those they build on, and whether the log they need is there. Writes nothing.</summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="progress">Told of each before it is verified: its number, how many there are; or null. Throwing from it ends the verification.</param>
    /// <returns>One for each, oldest first.</returns>
    /// <exception cref="StoreException">StoreNotFound, RecoveryRequired when ROOT is lost, or a failure of the files.</exception>
    public static IReadOnlyList<CheckpointVerification> VerifyCheckpoints(StoreHost host, Action<int, int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        return CheckpointVerifier.Verify(host, progress);
    }

    /// <summary>
    /// Merges the newest full checkpoint and its increments, takes in what has changed since, and lets go of log that nobody needs. The store is read and changed meanwhile. One at a time, and not
    /// beside a checkpoint: a second caller waits.
    /// </summary>
    /// <exception cref="StoreException">It failed: nothing is lost, and what was done is done.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public CompactionReport Compact(CompactionRequest? request = null) => RequireWriter().Upkeep.Compact(request ?? new CompactionRequest());

    /// <summary>The published checkpoints, oldest first; of a damaged one what is known of it.</summary>
    public IReadOnlyList<CheckpointInfo> GetCheckpoints()
    {
        while (true)
        {
            RootRecord root = _writer?.Root.Current ?? _rootRead;
            CheckpointInfo?[] all = [.. root.Checkpoints.Select((_, i) => ReadInfo(root, i))];
            if (_writer is null || !all.Contains(null))
                return all.OfType<CheckpointInfo>().ToArray();
        }
    }

    /// <summary>Null when it was removed since ROOT was read.</summary>
    private CheckpointInfo? ReadInfo(RootRecord root, int index)
    {
        RootCheckpoint listed = root.Checkpoints[index];
        string path = CheckpointNames.Path(listed);
        try
        {
            using IFile file = _host.Files.Open(path, FileIntent.Read);
            return CheckpointInfo.From(CheckpointReader.Open(file, root.StoreId, listed.Id), path);
        }
        catch (StoreException e)
        {
            if (e is StorageException { Fault: StorageFault.NotFound } && (_writer is null || _writer.Root.Current.Generation != root.Generation))
                return null;
            return new CheckpointInfo
            {
                Id = listed.Id,
                Problem = e.Message,
                IsFull = !listed.IsIncrement,
                ParentId = listed.IsIncrement && index > 0 ? root.Checkpoints[index - 1].Id : null,
                RedoFrom = listed.RedoFrom,
                End = listed.End,
                FileBytes = _host.Files.TryGetLength(path) ?? 0,
                Path = path,
            };
        }
    }

    /// <summary>
    /// Reads the log in order, from <paramref name="from"/> (or the oldest record retained) to the end at the moment of the call. On a
    /// handle open for writing, what is not yet flushed is flushed first. Transactions without a commit are left out.
    /// </summary>
    /// <exception cref="StoreException">LogTruncated, ChecksumMismatch, or a failure of the files, at once or while enumerating.</exception>
    public IEnumerable<LogEntry> ReadLog(Lsn from = default) => ReadLog(from, type: null, frameRead: null, leftOut: null);

    /// <summary>As <see cref="ReadLog(Lsn)"/>, of records of one type alone; nothing of the others is copied.</summary>
    public IEnumerable<LogEntry> ReadLog(Lsn from, RecordType type) => ReadLog(from, type, frameRead: null, leftOut: null).Where(entry => entry.Type == type);

    /// <summary>Reads the whole log, archive included, and adds up what it is made of. Writes nothing, but flushes first where <see cref="ReadLog(Lsn)"/> does.</summary>
    /// <param name="progress">Told how it comes along, or null; throwing from it ends the measuring.</param>
    /// <exception cref="StoreException">As for <see cref="ReadLog(Lsn)"/>.</exception>
    public LogMeasure MeasureLog(Action<RecoveryProgress>? progress = null)
    {
        const int recordsPerReport = 0x1000;
        LogMeasurer measurer = new();
        long bytesTotal = progress is null ? 0 : MeasureFiles().SegmentBytes + MeasureArchive().RawBytes;
        for (Lsn? from = Lsn.None; from is Lsn next; from = TryMeasure(next))
        {
        }

        return measurer.Summarize();

        // What is missing in the archive is left out.
        Lsn? TryMeasure(Lsn from)
        {
            try
            {
                Measure(from);
                return null;
            }
            catch (LogTruncatedException e) when (e.To > from)
            {
                return e.To;
            }
        }

        void Measure(Lsn from)
        {
            foreach (LogEntry record in ReadLog(from, type: null, measurer.AddFrame, measurer.AddUncommitted))
            {
                measurer.Add(record);
                if (measurer.Records % recordsPerReport == 1)
                    progress?.Invoke(new RecoveryProgress(RecoveryPhase.Replaying, measurer.FrameBytes, bytesTotal, measurer.Records));
            }
        }
    }

    /// <summary>The store's files, and what they take.</summary>
    /// <exception cref="StoreException">The files cannot be listed or opened.</exception>
    public StoreUsage MeasureFiles() => LogMeasurer.MeasureFiles(_host.Files);

    /// <summary>What the archive holds. Opens one of its files at most, the oldest.</summary>
    /// <exception cref="StoreException">The files cannot be listed or opened.</exception>
    public ArchiveStatus MeasureArchive() => LogMeasurer.MeasureArchive(_host.Files, StoreId) with { LastError = _writer?.Upkeep.ArchiveFailure };

    /// <summary>The segments there are, archived ones first, then those of the log, then spares.</summary>
    /// <exception cref="StoreException">The files cannot be listed or opened.</exception>
    public IReadOnlyList<LogSegment> GetSegments() => LogSegment.List(_host.Files, _writer?.Root.Current ?? RootFile.Read(_host.Files).Believed ?? _rootRead);

    private IEnumerable<LogEntry> ReadLog(Lsn from, RecordType? type, Action<int, long>? frameRead, Action<LogEntry>? leftOut)
    {
        if (_writer is null)
            return Read(ReadableLog.Reach(_host.Files, _segmentsRead, from), RecoveryReport.EndLsn, RecoveryReport.ProvenLsn, type, frameRead, leftOut);
        if (!_writer.Fault.IsSet)
            _writer.Log.Flush();
        // First the end, then the segments: what is read of a log that goes on meanwhile is in them.
        Lsn end = _writer.Log.SyncedLsn;
        return Read(FindLog(_writer, from), end, end, type, frameRead, leftOut);
    }

    private IEnumerable<LogEntry> Read(ReadableLog log, Lsn end, Lsn durable, RecordType? type, Action<int, long>? frameRead, Action<LogEntry>? leftOut) =>
        CommittedEntries.Of(LogReader.Read(_host.Files, log.Segments, log.From, end, durable, type, header => ArchiveCatalog.Find(_host.Files, header), frameRead), leftOut);

    private ReadableLog FindLog(WriterParts writer, Lsn from)
    {
        while (true)
        {
            RootRecord root = writer.Root.Current;
            try
            {
                StartingPoint beginning = ReadableLog.FindBeginning(_host.Files, root);
                ReadableLog log = ReadableLog.Reach(_host.Files, beginning.Segments, from);
                if (log.Segments.Count == beginning.Segments.Count)
                    RequireWhole(beginning, from);
                return log;
            }
            catch (StoreException) when (writer.Root.Current.Generation != root.Generation)
            {
                // The log rolled on, and retention went on with it.
            }
        }
    }

    /// <summary>What retention removed is gone, and what was lost when the store was opened was reported then. Nothing else is left out without a word.</summary>
    private void RequireWhole(StartingPoint beginning, Lsn from)
    {
        if (beginning.Refusal is StoreException missing && missing.Error != StoreError.SequenceGap && from < beginning.Segments[0].Header!.PreviousEnd
            && !RecoveryReport.Findings.Any(finding => finding.Kind == FindingKind.DamageNotNeeded && finding.File == missing.File))
        {
            throw missing;
        }
    }

    /// <summary>
    /// How the store is configured just now, key by key: the value in force, who said so, and what waits for the next opening. On a handle open for reading only, which needs
    /// none of it: how the next opening for writing would find it configured.
    /// </summary>
    /// <exception cref="StoreException">On a handle that only reads: ConfigurationInvalid, or a failure of the file.</exception>
    public StoreConfiguration GetConfiguration() => _writer is null ? ConfigurationFile.Load(_host) : _options.Configuration;

    /// <summary>
    /// Reads the configuration again at once, and puts in force what can change while the store is open. A store whose options a program gave keeps them.
    /// </summary>
    /// <returns>What is in force now.</returns>
    /// <exception cref="StoreException">ConfigurationInvalid, or a failure of the file: everything stays as it was. StoreClosed, StoreReadOnly, StoreFaulted.</exception>
    public StoreConfiguration ReloadConfiguration()
    {
        WriterParts writer = RequireWriter();
        StoreConfiguration configuration = writer.Configuration?.Reload() ?? _options.Configuration;
        writer.Upkeep.Notify();
        return configuration;
    }

    /// <summary>What keeps the store from being configured as its file says now, or null.</summary>
    internal Exception? ConfigurationFailure => _writer?.Configuration?.Failure;

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
            LogBytesSinceCheckpoint = _writer?.Upkeep.LogBytesSinceCheckpoint ?? _logBytesRead,
            Log = _writer?.Log.Statistics ?? default,
            Timings = _meter?.Summarize(),
            Fault = _writer?.Fault.Cause,
            FullSince = _writer?.Upkeep.Space.Full?.Since,
            Degraded = _writer?.Upkeep.Degraded,
            ArchiveFailure = _writer?.Upkeep.ArchiveFailure,
            LastCompaction = _writer?.Upkeep.LastCompaction,
            RunningCompaction = _writer?.Upkeep.RunningCompaction,
            CompactionFailure = _writer?.Upkeep.CompactionFailure,
        };
    }

    /// <summary>
    /// Probes the store: whether its directory can be written to, whether there is space, how its checkpoints are, and the rest of
    /// <see cref="HealthProbes"/>. On a handle open for writing a small file is written to <c>staging/</c> and removed; one that only reads writes nothing.
    /// </summary>
    /// <exception cref="StoreException">StoreClosed. Whatever else fails is part of the report.</exception>
    public HealthReport CheckHealth()
    {
        // Nothing is written once the lock is given back: closing waits for the probes.
        _closeGate.Enter();
        try
        {
            if (_closed)
                throw new StoreException(StoreError.StoreClosed, "The store is closed.");
            return new HealthCheck(_host, this, _segmentsRead.Count == 0 ? Options.SegmentBytes : _segmentsRead[^1].Header!.SizeBytes).Run();
        }
        finally
        {
            _closeGate.Exit();
        }
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
            if (first)
                CloseFirst();
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

    private void CloseFirst()
    {
        using TracedOperation operation = _meter?.Begin(TracedOperation.Close) ?? default;
        try
        {
            if (_writer is WriterParts writer)
                CloseWriter(writer);
        }
        catch (Exception e)
        {
            operation.Fail(e);
            throw;
        }
        finally
        {
            _models.CloseStored();
            _meter?.Dispose();
        }
    }

    private static void CloseWriter(WriterParts writer) => writer.Upkeep.Close(() =>
    {
        using (writer)
        {
#if MUTANTS
            if (Mutants.Is(Mutants.LockReleasedBeforeLastFlush))
                writer.ReleaseLock();
#endif
            if (writer.Log.Close() is LogPosition end)
                writer.Root.Update(record => record with { Clean = true, DurableFloor = end.Lsn });
            writer.Fault.ThrowIfSet();
        }
    });

    private bool IsSync(CommitDurability durability) => durability == CommitDurability.Sync || Options.Durability == DurabilityMode.Sync;

    private WriterParts RequireWriter()
    {
        if (IsClosed)
            throw new StoreException(StoreError.StoreClosed, "The store is closed.");
        return _writer ?? throw new StoreException(StoreError.StoreReadOnly, "The store is open for reading only.");
    }
}
