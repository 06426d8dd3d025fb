using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// What a store open for writing needs beside its commits: checkpoints when they are due or asked for, space ahead of the log, markers for
/// readers, rotation by age. One background thread does it, if the options ask for any; what fails there is kept for who asks, and tried again.
/// </summary>
internal sealed class StoreUpkeep : IDisposable
{
    private const int PauseMsMin = 10;

    // To ask for space costs little, and whoever has freed some waits for the store to see it.
    private const double SpacePauseSecondsMax = 5;

    private readonly StoreHost _host;
    private readonly LiveOptions _options;
    private readonly StateModels _models;
    private readonly WriteAheadLog _log;
    private readonly SegmentAllocator _allocator;
    private readonly CheckpointTaker _checkpoints;
    private readonly LogRetirement _retirement;
    private readonly FaultLatch _fault;
    private readonly StoreMeter? _meter;
    private readonly ConfigurationReloader? _configuration;
    private readonly IGate _checkpointGate;
    private readonly RetryPause _spaceRetry;
    private readonly RetryPause _checkpointRetry;
    private readonly RetryPause _effectsRetry;
    private readonly RetryPause _archiveRetry;
    private readonly RetryPause _compactionRetry;
    private readonly Compactor _compactor;
    private readonly RetryPause _reserveRetry;
    private readonly IGate _effectsGate;
    private readonly BackgroundWork? _background;
    private readonly CancellationTokenSource _stopping = new();
    private long _logBytesBefore;
    private long _commitsAtCheckpoint;
    private long _checkpointTime;
    private long _commitsSeen;
    private bool _archiveIsDue = true;
    private bool _checkpointIsAsked;
    private int _checkpointsWhileFull;

    /// <param name="host">Threads and time.</param>
    /// <param name="options">What is due when.</param>
    /// <param name="models">The states.</param>
    /// <param name="log">The log.</param>
    /// <param name="allocator">Where its space comes from.</param>
    /// <param name="checkpoints">Who takes them.</param>
    /// <param name="retirement">What takes segments out of the log once they are archived.</param>
    /// <param name="compactor">Who merges checkpoints.</param>
    /// <param name="fault">After which nothing is done any more.</param>
    /// <param name="logBytesAtOpen">Bytes of log the last opening had to replay.</param>
    /// <param name="meter">Where it is measured, or null.</param>
    /// <param name="configuration">Who looks whether the configuration has changed; null when it cannot.</param>
    public StoreUpkeep(
        StoreHost host, LiveOptions options, StateModels models, WriteAheadLog log, SegmentAllocator allocator, CheckpointTaker checkpoints, LogRetirement retirement, Compactor compactor, FaultLatch fault, long logBytesAtOpen,
        StoreMeter? meter, ConfigurationReloader? configuration)
    {
        _host = host;
        _options = options;
        _models = models;
        _log = log;
        _allocator = allocator;
        _checkpoints = checkpoints;
        _retirement = retirement;
        _fault = fault;
        _meter = meter;
        _configuration = configuration;
        _logBytesBefore = logBytesAtOpen;
        _checkpointGate = host.Scheduler.CreateGate();
        _spaceRetry = new RetryPause(host.Clock, SpacePauseSecondsMax);
        _checkpointRetry = new RetryPause(host.Clock);
        _effectsRetry = new RetryPause(host.Clock);
        _archiveRetry = new RetryPause(host.Clock);
        _compactionRetry = new RetryPause(host.Clock);
        _compactor = compactor;
        _reserveRetry = new RetryPause(host.Clock, SpacePauseSecondsMax);
        _effectsGate = host.Scheduler.CreateGate();
        _checkpointTime = host.Clock.GetTimestamp();
        if (configuration is not null || Options.NeedsBackground)
            _background = new BackgroundWork(host.Scheduler, RunRound, () => TimeSpan.FromMilliseconds(Math.Max(Options.MarkerDelayMs, PauseMsMin)));
    }

    private StoreOptions Options => _options.Current;

    /// <summary>The last failure that was not got over yet, or damage found since the store was opened, or null.</summary>
    public Exception? Degraded => DescribeFull() ?? _checkpointRetry.Cause ?? _spaceRetry.Cause ?? _effectsRetry.Cause ?? _reserveRetry.Cause ?? _archiveRetry.Cause ?? _compactionRetry.Cause ?? _background?.Failure ?? _configuration?.Failure ?? _retirement.Damage;

    /// <summary>Why a segment that is to leave the log could not be archived yet, or null.</summary>
    public Exception? ArchiveFailure => _archiveRetry.Cause;

    /// <summary>What is held for a full disk, and whether it is full.</summary>
    public SpaceReserve Space => _allocator.Space!;

    /// <summary>Bytes of log that replay would have to read since the newest checkpoint.</summary>
    public long LogBytesSinceCheckpoint => Volatile.Read(ref _logBytesBefore) + _log.Statistics.BytesWritten;

    /// <summary>Something was committed or flushed.</summary>
    public void Notify() => _background?.Notify();

    /// <summary>Removes what nobody refers to any more of what models keep beside the log, and carries out what a crash kept them from doing.</summary>
    public void BeginEffects()
    {
        try
        {
            foreach (string leftover in _models.Effects.SelectMany(effects => effects.FindLeftovers(_host.Files)))
                _host.Files.TryDelete(leftover);
        }
        catch (StorageException)
        {
            // Left for the next opening: once there are transactions nobody can tell theirs from leftovers.
        }

        CarryOutEffects();
    }

    /// <summary>Does to files what commits say, once those are durable. What cannot be done now is tried again: the commits stand.</summary>
    public void CarryOutEffects()
    {
        if (_fault.IsSet || !_models.Effects.Any(static effects => effects.PendingCount > 0))
            return;
        _effectsGate.Enter();
        try
        {
            // In this order: a commit that comes after the flush may be applied already, and gone after a power cut.
            (IDeferredEffects Effects, int Count)[] pending = [.. _models.Effects.Select(static effects => (effects, effects.PendingCount))];
#if MUTANTS
            if (!Mutants.Is(Mutants.FileChangedAheadOfLog))
#endif
            _log.Flush();
            foreach ((IDeferredEffects effects, int count) in pending)
                CarryOut(effects, count);
            _effectsRetry.NoteSuccess();
        }
#pragma warning disable CA1031 // The commits stand, and the store must be closed, whatever a state model throws.
        catch (Exception e)
        {
            _effectsRetry.NoteFailure(e);
        }
#pragma warning restore CA1031
        finally
        {
            _effectsGate.Exit();
        }
    }

    /// <summary>The note goes straight to the log: a store that is being closed takes no other commits any more.</summary>
    private void CarryOut(IDeferredEffects effects, int count)
    {
        CommandBatch note = new();
        effects.CarryOut(_host.Files, count, note);
        if (note.Count == 0)
            return;
        _log.Append(note, sync: true);
        Notify();
    }

    /// <summary>Has one taken in the background.</summary>
    /// <returns>False when nothing is done there.</returns>
    public bool RequestCheckpoint()
    {
        Volatile.Write(ref _checkpointIsAsked, true);
        Notify();
        return _background is not null;
    }

    /// <summary>Takes a checkpoint; a second caller waits.</summary>
    public CheckpointInfo TakeCheckpoint(CheckpointRequest request)
    {
        _checkpointGate.Enter();
        try
        {
            return TakeHoldingGate(request);
        }
        finally
        {
            _checkpointGate.Exit();
        }
    }

    /// <summary>What the last compaction has done, or null.</summary>
    public CompactionReport? LastCompaction => _compactor.Last;

    /// <summary>How the compaction that is going on comes along, or null.</summary>
    public CompactionProgress? RunningCompaction => _compactor.Running;

    /// <summary>Why the last compaction that was due has failed, or null.</summary>
    public Exception? CompactionFailure => _compactionRetry.Cause;

    /// <summary>Compacts; waits for a checkpoint that is being taken.</summary>
    public CompactionReport Compact(CompactionRequest request) => Compact(request, static () => CompactionReason.Requested)!;

    private CompactionReport? Compact(CompactionRequest request, Func<CompactionReason?> findReason)
    {
        _checkpointGate.Enter();
        try
        {
            if (findReason() is not CompactionReason reason)
                return null;
            bool hasChanged = _log.Statistics.Commits > Volatile.Read(ref _commitsAtCheckpoint) || Volatile.Read(ref _logBytesBefore) > 0;
            CompactionReport report = _compactor.Run(request, reason, hasChanged, TakeHoldingGate);
            _compactionRetry.NoteSuccess();
            return report;
        }
        finally
        {
            _checkpointGate.Exit();
        }
    }

    private void CompactIfDue()
    {
        // Looked at without the gate first: most of the time there is nothing to do.
        if (_compactor.FindReason() is not null)
            Compact(new CompactionRequest { Stop = _stopping.Token }, _compactor.FindReason);
        else
            _compactionRetry.NoteSuccess();
    }

    /// <summary>Removes checkpoints; waits for one that is being taken.</summary>
    /// <returns>The numbers of those removed.</returns>
    public IReadOnlyList<long> RemoveCheckpoints(IReadOnlyCollection<long> ids)
    {
        _checkpointGate.Enter();
        try
        {
            long[] removed = [.. _checkpoints.Remove(ids).Select(static checkpoint => checkpoint.Id)];
            _checkpoints.Retire();
            return removed;
        }
        finally
        {
            _checkpointGate.Exit();
        }
    }

    /// <summary>Stops, takes a closing checkpoint if enough log has gathered, and runs <paramref name="finish"/> before any other checkpoint can begin.</summary>
    public void Close(Action finish)
    {
        // A store that is to be closed does not wait for what can be done another time.
        _stopping.Cancel();
        _background?.Stop();
        CarryOutEffects();
        // A checkpoint under way ends first, and so does what is done for the last commits: the files are no longer ours once the lock is released.
        _checkpointGate.Enter();
        try
        {
            if (!_fault.IsSet && CheckpointPolicy.IsDueAtClose(Options, LogBytesSinceCheckpoint))
                TryTakeAtClose();
            ArchiveAtClose();
            FinishEffects(finish);
        }
        finally
        {
            _checkpointGate.Exit();
        }
    }

    /// <summary>After it was closed.</summary>
    public void Dispose() => _stopping.Dispose();

    /// <summary>Once the log is closed nothing more is carried out: it is flushed first.</summary>
    private void FinishEffects(Action finish)
    {
        _effectsGate.Enter();
        try
        {
            finish();
        }
        finally
        {
            _effectsGate.Exit();
        }
    }

    /// <summary>One that fails costs time at the next opening, nothing else.</summary>
    private void TryTakeAtClose()
    {
        try
        {
            TakeHoldingGate(new CheckpointRequest());
        }
#pragma warning disable CA1031 // The log has everything, and it must be closed whatever a state model throws.
        catch (Exception e)
        {
            _checkpointRetry.NoteFailure(e);
        }
#pragma warning restore CA1031
    }

    /// <summary>A store that is never open for long would archive nothing otherwise.</summary>
    private void ArchiveAtClose()
    {
        try
        {
            while (Options.ArchiveLog && !_fault.IsSet && Volatile.Read(ref _archiveIsDue))
                Archive();
        }
#pragma warning disable CA1031 // What could not be archived stays in the log, and that must be closed.
        catch (Exception e)
        {
            _archiveRetry.NoteFailure(e);
        }
#pragma warning restore CA1031
    }

    private CheckpointInfo TakeHoldingGate(CheckpointRequest request)
    {
        using TracedOperation operation = _meter?.Begin(TracedOperation.Checkpoint) ?? default;
        try
        {
            return TakeHoldingGate(request, operation);
        }
        catch (Exception e)
        {
            operation.Fail(e);
            throw;
        }
    }

    private CheckpointInfo TakeHoldingGate(CheckpointRequest request, TracedOperation operation)
    {
        LogStatistics before = _log.Statistics;
        CheckpointInfo info = TakeMeasured(request);
        Volatile.Write(ref _checkpointIsAsked, false);
        operation.Tag(TelemetryTags.CheckpointId, info.Id);
        operation.Tag(TelemetryTags.CheckpointBytes, info.FileBytes);
        Volatile.Write(ref _commitsAtCheckpoint, before.Commits);
        Volatile.Write(ref _logBytesBefore, -before.BytesWritten);
        _checkpointTime = _host.Clock.GetTimestamp();
        try
        {
            // In this order: on a full disk the note may need the space that retiring frees.
            _checkpoints.Retire();
            Space.TryRestore();
            NoteArchiveDue();
            NoteCheckpoint(info);
            // The note is no change: it must not make the next checkpoint due.
            Volatile.Write(ref _commitsAtCheckpoint, before.Commits + 1);
            _checkpointRetry.NoteSuccess();
        }
        catch (StoreException e)
        {
            // The checkpoint stands; what was not removed now is removed after the next one.
            _checkpointRetry.NoteFailure(e);
            operation.Fail(e);
        }

        return info;
    }

    private CheckpointInfo TakeMeasured(CheckpointRequest request)
    {
        if (_meter is null)
            return TakeWithReserve(request);
        long started = _host.Clock.GetTimestamp();
        CheckpointInfo info = TakeWithReserve(request);
        _meter.CheckpointTaken(_host.Clock.GetElapsedTime(started), info.FileBytes);
        return info;
    }

    /// <summary>On a full disk what is held in reserve is given up for it. What it does not need, or could not use, is held again.</summary>
    private CheckpointInfo TakeWithReserve(CheckpointRequest request)
    {
        try
        {
            return _checkpoints.Take(request);
        }
        catch (StoreException e) when (e.Error == StoreError.DiskFull && !_fault.IsSet)
        {
            if (Space.HeldBytes == 0)
                throw;
            return TakeFromReserve(request);
        }
    }

    private CheckpointInfo TakeFromReserve(CheckpointRequest request)
    {
        bool isTaken = false;
        Space.BeginUse();
        try
        {
            CheckpointInfo info = _checkpoints.Take(request, Space);
            isTaken = true;
            return info;
        }
        finally
        {
            Space.EndUse();
            if (!isTaken)
                Space.TryRestore();
        }
    }

    /// <summary>The log says that a checkpoint was published, for those who read or tail it.</summary>
    private void NoteCheckpoint(CheckpointInfo info)
    {
        CommandBatch batch = new();
        MessagePackWriter payload = new(batch.Begin());
        payload.WriteArrayHeader(3);
        payload.WriteInteger(info.Id);
        payload.WriteInteger(info.RedoFrom.Value);
        payload.WriteInteger(info.End.Value);
        batch.End(RecordType.CheckpointMarker, version: 1, RecordFlags.Skippable);
        // Synced: unsynced it would wait for the next commit, and keep the marker from telling readers how far the log is durable.
        _log.Append(batch, sync: true);
    }

    /// <summary>One round of work beside the commits.</summary>
    /// <returns>When the next one is wanted, whether or not anything is committed meanwhile.</returns>
    private TimeSpan RunRound()
    {
        if (_fault.IsSet)
            return Timeout.InfiniteTimeSpan;
        _configuration?.LookIfDue();
        long commits = _log.Statistics.Commits;
        bool quiet = commits == _commitsSeen;
        _commitsSeen = commits;
        bool flushComes = quiet && Options.MarkerDelayMs > 0 && _log.WriteMarkerIfIdle();
        Try(_reserveRetry, KeepSpace);
        Try(_spaceRetry, PrepareSpace);
        Try(_effectsRetry, CarryOutEffects);
        RotateAged();
        Try(_checkpointRetry, () => TakeDueCheckpoint(commits));
        Try(_archiveRetry, Archive);
        Try(_compactionRetry, CompactIfDue);
        return quiet && !flushComes ? UntilNextRound() : TimeSpan.Zero;
    }

    private static void Try(RetryPause retry, Action work)
    {
        if (retry.Left > TimeSpan.Zero)
            return;
        try
        {
            work();
        }
        catch (OperationCanceledException)
        {
            // The store is being closed.
        }
#pragma warning disable CA1031 // Nobody is above this thread: whatever happens is kept for who asks, and the store goes on.
        catch (Exception e)
        {
            retry.NoteFailure(e);
        }
#pragma warning restore CA1031
    }

    /// <summary>With nothing being committed: until what failed is tried again, or until a checkpoint is due by the clock.</summary>
    private TimeSpan UntilNextRound()
    {
        TimeSpan longest = _configuration?.UntilNextLook ?? TimeSpan.FromHours(1);
        TimeSpan wait = longest;
        foreach (TimeSpan retry in (ReadOnlySpan<TimeSpan>)[_spaceRetry.Left, _checkpointRetry.Left, _effectsRetry.Left, _reserveRetry.Left, _archiveRetry.Left, _compactionRetry.Left])
        {
            if (retry > TimeSpan.Zero && retry < wait)
                wait = retry;
        }

        if (_compactor.UntilTooOld() is TimeSpan untilTooOld && _compactionRetry.Left == TimeSpan.Zero && untilTooOld < wait)
            wait = untilTooOld;
        if (Options.ArchiveLog && Volatile.Read(ref _archiveIsDue) && _archiveRetry.Left == TimeSpan.Zero)
            return TimeSpan.Zero;
        bool changed = _log.Statistics.Commits > Volatile.Read(ref _commitsAtCheckpoint);
        if (Options.CheckpointIntervalSeconds > 0 && changed && _checkpointRetry.Left == TimeSpan.Zero)
        {
            TimeSpan due = TimeSpan.FromSeconds(Options.CheckpointIntervalSeconds) - _host.Clock.GetElapsedTime(_checkpointTime);
            return due < TimeSpan.Zero ? TimeSpan.Zero : due < wait ? due : wait;
        }

        return wait == longest && _configuration is null ? Timeout.InfiniteTimeSpan : wait;
    }

    private void NoteArchiveDue()
    {
        if (!Options.ArchiveLog)
            return;
        Volatile.Write(ref _archiveIsDue, true);
        Notify();
    }

    /// <summary>One segment at a time: zeros ahead of the log and markers do not wait for all of them.</summary>
    private void Archive()
    {
        if (!Options.ArchiveLog || !Volatile.Read(ref _archiveIsDue))
            return;
        // In this order: what becomes due meanwhile is seen.
        Volatile.Write(ref _archiveIsDue, false);
        try
        {
            if (_retirement.ArchiveNext())
                Volatile.Write(ref _archiveIsDue, true);
            _archiveRetry.NoteSuccess();
        }
        catch
        {
            Volatile.Write(ref _archiveIsDue, true);
            throw;
        }
    }

    /// <summary>Makes the reserve what it should be. Where that fails the store is degraded, and it is tried again.</summary>
    public void KeepReserve() => Try(_reserveRetry, () =>
    {
        Space.Keep();
        _reserveRetry.NoteSuccess();
    });

    /// <summary>A full store is so until a segment was prepared, reserve and all.</summary>
    private void KeepSpace()
    {
        Space.Keep();
        if (Space.Full is not null)
        {
            if (_allocator.SpareCount == 0)
                AddSpare();
            Space.NoteFree();
        }

        _reserveRetry.NoteSuccess();
    }

    private StoreException? DescribeFull() => Space.Full is not FullDisk full
        ? null
        : new StoreException(
            StoreError.DiskFull, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The disk is full since {full.Since:yyyy-MM-dd HH:mm:ss}Z. {full.Cause.Message}"), full.Cause)
        { File = full.Cause.File };

    private void PrepareSpace()
    {
        if (Options.SpareSegments == 0)
            return;
        if (_log.WantsFill)
            _log.FillAhead();
        if (_log.IsHalfFull && _allocator.SpareCount < Options.SpareSegments)
            AddSpare();
        _spaceRetry.NoteSuccess();
    }

    private void AddSpare()
    {
        try
        {
            _allocator.AddSpare();
        }
        catch (Exception e)
        {
            _meter?.Failed(e, TracedOperation.Space);
            throw;
        }
    }

    private void RotateAged()
    {
        if (Options.SegmentAgeMaxSeconds == 0)
            return;
        TimeSpan age = _host.Clock.GetUtcNow() - Timestamps.ToInstant(_log.ActiveSegmentCreated);
        if (age >= TimeSpan.FromSeconds(Options.SegmentAgeMaxSeconds))
            _log.RequestRotation();
    }

    private void TakeDueCheckpoint(long commits)
    {
        long commitsSince = commits - Volatile.Read(ref _commitsAtCheckpoint);
        if (Volatile.Read(ref _checkpointIsAsked) || CheckpointPolicy.IsDue(Options, LogBytesSinceCheckpoint, commitsSince, _host.Clock.GetElapsedTime(_checkpointTime)) || IsDueForSpace())
            TakeCheckpoint(new CheckpointRequest());
    }

    /// <summary>
    /// On a full disk a checkpoint gives back the log it replaces; but the one before it keeps its own, so that it takes as many as are kept. More of them would give nothing.
    /// </summary>
    private bool IsDueForSpace()
    {
        if (Space.Full is null || Options.CheckpointLogBytes == 0)
        {
            _checkpointsWhileFull = 0;
            return false;
        }

        return _checkpointsWhileFull++ < Options.CheckpointsRetained;
    }
}
