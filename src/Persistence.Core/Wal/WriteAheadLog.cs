using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>
/// The log open for appending: group commit over one stream of frames. Serialization and payload checksums are done before
/// the lock is taken; under it a commit gets its LSN and is copied into the frame being gathered. A synchronous caller
/// that finds no flush under way flushes on its own thread; callers that arrive meanwhile share the next flush, which a dedicated thread makes.
/// </summary>
internal sealed class WriteAheadLog : IDisposable
{
    private const int KeptBufferBytesMin = 8 << 20;

    private readonly IGate _gate;
    private readonly IScheduler _scheduler;
    private readonly IFileSystem _files;
    private readonly TimeProvider _clock;
    private readonly IRandomSource _random;
    private readonly FaultLatch _fault;
    private readonly ICommitHandler _handler;
    private readonly IActiveSegmentRegistry _registry;
    private readonly SegmentAllocator _allocator;
    private readonly StoreMeter? _meter;
    private readonly AsyncCommitPool _asyncCommits = new();

    // Changed under _gate, with no flush under way: whoever flushes may read it too.
    private LogSettings _settings;

    // Under _gate.
    private FrameBuffer _filling;
    private FrameBuffer _idle;
    private Lsn _segmentEnd;
    private bool _isReserveSegment;
    private ReservedSegment? _reserved;
    private bool _reserving;
    private bool _flushing;
    private bool _quiescing;
    private bool _inFrames;
    private LogPosition? _openTransaction;
    private bool _closed;
    private bool _rotationWanted;
    private bool _roomWanted;
    private bool _stopFlusher;
    private bool _flusherIdle;
    private IWorker? _flusher;
    private long _firstUnsyncedAt;
    private bool _hasUnsynced;
    private long _commits;
    private long _records;

    // Owned by whoever set _flushing.
    private SegmentWriter _segment;
    private int _sectorBytes;
    private FrameLink _link;
    private Lsn _written;
    private Lsn _announced;
    private long _frames;
    private long _flushes;
    private long _bytesWritten;
    private long _rolls;

    // Written by the owner of the flush, read by anybody.
    private long _syncedLsn;
    private long _completedLsn;

    public WriteAheadLog(
        IFileSystem files, IScheduler scheduler, TimeProvider clock, IRandomSource random, FaultLatch fault, ICommitHandler handler,
        IActiveSegmentRegistry registry, SegmentAllocator allocator, LogSettings settings, SegmentWriter active, LogPosition position, StoreMeter? meter)
    {
        _files = files;
        _scheduler = scheduler;
        _clock = clock;
        _random = random;
        _fault = fault;
        _handler = handler;
        _registry = registry;
        _allocator = allocator;
        _settings = settings;
        _meter = meter;
        _segment = active;
        _sectorBytes = active.Header.SectorBytes;
        _gate = scheduler.CreateGate();
        int keptBytesMax = Math.Max(KeptBufferBytesMin, (int)SectorAlignment.Up(FrameHeader.Bytes + settings.FrameBytesMax, 4096));
        _filling = new FrameBuffer(scheduler.CreateGate(), keptBytesMax);
        _idle = new FrameBuffer(scheduler.CreateGate(), keptBytesMax);
        _filling.Start(position.Lsn);
        _segmentEnd = active.Header.NextFirstLsn;
        _isReserveSegment = active.IsFromReserve;
        _link = position.Link;
        _written = position.Lsn;
        _announced = position.Lsn;
        _syncedLsn = position.Lsn.Value;
        _completedLsn = position.Lsn.Value;
    }

    /// <summary>Everything below it is durable.</summary>
    public Lsn SyncedLsn => new(Volatile.Read(ref _syncedLsn));

    /// <summary>Every frame below it is written, and applied; in Sync mode also durable.</summary>
    public Lsn CompletedLsn => new(Volatile.Read(ref _completedLsn));

    /// <summary>Whether the background should write zeros ahead.</summary>
    public bool WantsFill => Volatile.Read(ref _segment).WantsFill;

    /// <summary>Whether the next segment should be prepared.</summary>
    public bool IsHalfFull => Volatile.Read(ref _segment).IsHalfFull;

    /// <summary>Whether the last frame on disk does not yet say how far the log is synced.</summary>
    public bool WantsMarker => Volatile.Read(ref _syncedLsn) > _announced.Value;

    /// <summary>When the active segment was opened, 100 ns units since 1970-01-01 UTC.</summary>
    public long ActiveSegmentCreated => Volatile.Read(ref _segment).Header.Created;

    public LogStatistics Statistics => new(
        Volatile.Read(ref _commits), Volatile.Read(ref _records), Volatile.Read(ref _frames),
        Volatile.Read(ref _flushes), Volatile.Read(ref _bytesWritten), Volatile.Read(ref _rolls));

    /// <summary>Sequences and logs the batch. With <paramref name="sync"/>, and always where changes are applied when they are flushed, it is durable and applied on return.</summary>
    public CommitResult Append(CommandBatch batch, bool sync)
    {
        long started = _meter?.NoteCommit() ?? StoreMeter.NotNoted;
        CommitResult result = AppendOne(batch, sync);
        _meter?.Committed(batch.Count, started);
        return result;
    }

    private CommitResult AppendOne(CommandBatch batch, bool sync)
    {
#if MUTANTS
        if (Mutants.Is(Mutants.BatchSplitOverRecords) && batch.Count > 1)
            return AppendOneByOne(batch, sync);
#endif
        CommitResult result;
        FrameBuffer frame;
        bool lead;
        _gate.Enter();
        try
        {
            result = SequenceHoldingGate(batch, mayFlush: true);
            if (!sync && _settings.ApplyWhenSequenced)
            {
                NoteUnsyncedHoldingGate();
                return result;
            }

            frame = _filling;
            frame.NeedsSync = true;
            lead = !_flushing;
#if MUTANTS
            if (Mutants.Is(Mutants.AckBeforeWrite))
            {
                WakeFlusherHoldingGate();
                return result;
            }
#endif
            if (lead)
            {
                _hasUnsynced = false;
                SealHoldingGate();
            }
            else
            {
                frame.WaiterCount++;
            }
        }
        finally
        {
            _gate.Exit();
            if (_fault.IsSet)
                ReleaseAfterFault();
        }

        if (lead)
            Flush(frame, sync: true);
#if MUTANTS
        else if (Mutants.Is(Mutants.GroupCommitAcksPastFlush))
            WaitForFlushUnderWay();
#endif
        else
            WaitUntilSynced(frame, result.End);
        ThrowUnlessSynced(result.End);
        return result;
    }

    /// <summary>Sequences and logs the batch without flushing on the caller's thread; with the frame full, it waits there until the flusher has made room.</summary>
    public ValueTask<CommitResult> AppendAsync(CommandBatch batch, bool sync)
    {
        long started = _meter?.NoteCommit() ?? StoreMeter.NotNoted;
        ValueTask<CommitResult> task = AppendOneAsync(batch, sync, started);
        if (!sync)
            _meter?.Committed(batch.Count, started);
        return task;
    }

    private ValueTask<CommitResult> AppendOneAsync(CommandBatch batch, bool sync, long started)
    {
        _gate.Enter();
        try
        {
            CommitResult result = SequenceHoldingGate(batch, mayFlush: false);
            if (!sync && _settings.ApplyWhenSequenced)
            {
                NoteUnsyncedHoldingGate();
                return ValueTask.FromResult(result);
            }

            AsyncCommit commit = _asyncCommits.Rent();
            ValueTask<CommitResult> task = commit.Start(result, batch.Count, started);
            _filling.Add(commit);
            _filling.NeedsSync = true;
            if (!_flushing)
                WakeFlusherHoldingGate();
            return task;
        }
        finally
        {
            _gate.Exit();
            if (_fault.IsSet)
                ReleaseAfterFault();
        }
    }

    /// <summary>A barrier: on return everything sequenced before the call is durable and applied. What others commit meanwhile keeps it from nothing.</summary>
    public void Flush()
    {
        _gate.Enter();
        try
        {
            ThrowIfUnavailable();
            Lsn end = _filling.RecordCount > 0 ? _filling.End : _filling.Lsn;
            while (_flushing && !IsSynced(end))
                _gate.Wait(Timeout.InfiniteTimeSpan);
            ThrowIfUnavailable();
            if (!IsSynced(end))
                FlushHoldingGate();
        }
        finally
        {
            _gate.Exit();
        }

        _fault.ThrowIfSet();
    }

    /// <summary>Goes on with other settings. What was sequenced before is durable and applied by then, whatever the settings were.</summary>
    public void Configure(LogSettings settings)
    {
        if (settings == _settings)
            return;
        RunQuiesced((_, _) =>
        {
            _settings = settings;
            return true;
        });
    }

    /// <summary>The next frame begins a new segment, if the active one has any.</summary>
    public void RequestRotation()
    {
        _gate.Enter();
        _rotationWanted = true;
        _gate.Exit();
    }

    /// <summary>
    /// Makes everything durable and applied, keeps commits out, and runs <paramref name="action"/> at that frame boundary.
    /// The action must be short: commits wait for it. It is told where the log ends, and from where it would have to be replayed: the same, unless a
    /// commit of several frames is under way.
    /// </summary>
    public T RunQuiesced<T>(Func<LogPosition, LogPosition, T> action)
    {
        _gate.Enter();
        try
        {
            while (_quiescing)
                _gate.Wait(Timeout.InfiniteTimeSpan);
            ThrowIfUnavailable();
            _quiescing = true;
            try
            {
                while (_flushing || _filling.RecordCount > 0 || SyncedLsn < _written)
                {
                    if (_flushing)
                        _gate.Wait(Timeout.InfiniteTimeSpan);
#if MUTANTS
                    else if (Mutants.Is(Mutants.CheckpointPublishedAheadOfLog) && _filling.RecordCount == 0)
                        break;
                    else if (Mutants.Is(Mutants.CheckpointPublishedAheadOfLog) && !_filling.NeedsSync)
                        FlushHoldingGate(sync: false);
#endif
                    else
                        FlushHoldingGate();
                    ThrowIfUnavailable();
                }

                LogPosition end = new(_filling.Lsn, _link);
#if MUTANTS
                if (Mutants.Is(Mutants.TruncationAboveOpenTransaction))
                    return action(end, end);
#endif
                return action(end, _openTransaction ?? end);
            }
            finally
            {
                _quiescing = false;
                _gate.PulseAll();
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Appends a marker, unsynced, if the synced position is not yet on disk and nothing else is going on.</summary>
    /// <returns>Whether a flush is under way or to come, after which one will be wanted.</returns>
    public bool WriteMarkerIfIdle()
    {
        FrameBuffer marker;
        _gate.Enter();
        try
        {
            if (_closed || _fault.IsSet)
                return false;
            // A commit of several frames has none between them: who looks where the log ends sees by the last frame that it is not at its end.
            if (_flushing || _quiescing || _inFrames || _filling.NeedsSync || _hasUnsynced)
                return true;
            bool idle = _filling.RecordCount == 0 && _filling.Roll is null;
            if (!idle || !WantsMarker || _filling.Lsn + FrameHeader.Bytes > _segmentEnd)
                return false;
            marker = SealHoldingGate();
        }
        finally
        {
            _gate.Exit();
        }

        Flush(marker, sync: false);
        return false;
    }

    /// <summary>Writes zeros ahead of the write position, if there are few left.</summary>
    public void FillAhead()
    {
        SegmentWriter segment = Volatile.Read(ref _segment);
        try
        {
            segment.FillAhead();
        }
        catch (ObjectDisposedException)
        {
            // The log has rolled on to the next segment meanwhile.
        }
        catch (StorageException e)
        {
            Fail(e);
        }
    }

    /// <summary>Flushes, stops the flusher and accepts nothing more. The caller records the clean end in ROOT.</summary>
    /// <returns>Where the log ends, or null when the log is faulted and its end is not known.</returns>
    public LogPosition? Close()
    {
        _gate.Enter();
        try
        {
            // A reservation under way writes to a file that the next writer would take for a spare.
            while (_flushing || _quiescing || _reserving || _inFrames)
                _gate.Wait(Timeout.InfiniteTimeSpan);
            _closed = true;
            if (!_fault.IsSet)
#if MUTANTS
                FlushHoldingGate(sync: !Mutants.Is(Mutants.CleanFlagBeforeLastFlush));
#else
                FlushHoldingGate();
#endif
            _stopFlusher = true;
            _gate.PulseAll();
        }
        finally
        {
            _gate.Exit();
        }

        if (_fault.IsSet)
            ReleaseAfterFault();
        _flusher?.Join();
        return _fault.IsSet ? null : new LogPosition(_filling.Lsn, _link);
    }

    public void Dispose()
    {
        _reserved?.File.Dispose();
        _filling.Roll?.File.Dispose();
        _idle.Roll?.File.Dispose();
#if MUTANTS
        if (Mutants.Is(Mutants.CleanFlagBeforeLastFlush) && !_fault.IsSet)
            _segment.SyncData();
#endif
        _segment.Dispose();
    }

#if MUTANTS
    private CommitResult AppendOneByOne(CommandBatch batch, bool sync)
    {
        CommitResult result = default;
        for (int i = 0; i < batch.Count; i++)
        {
            CommandBatch.Command command = batch.GetCommand(i);
            CommandBatch one = new();
            one.Begin().Write(batch.GetPayload(i));
            one.End(command.Type, command.Version, command.Flags);
            result = Append(one, sync);
        }

        return result;
    }

    private void WaitForFlushUnderWay()
    {
        _gate.Enter();
        if (_flushing)
            _gate.Wait(Timeout.InfiniteTimeSpan);
        _gate.Exit();
    }

    private void SyncThroughAnyHandle()
    {
        try
        {
            _segment.SyncData();
        }
        catch (StorageException)
        {
            using IFile other = _files.Open(SegmentNames.Path(_segment.Header.Sequence), FileIntent.ReadWrite);
            other.SyncData();
        }
    }
#endif

    // ---- sequencing -------------------------------------------------------------------------------------------------

    private CommitResult SequenceHoldingGate(CommandBatch batch, bool mayFlush)
    {
        if (batch.Count == 0)
            throw new ArgumentException("The batch holds no command.", nameof(batch));
        batch.TakesSeveralFrames = batch.Count > 1 && batch.PayloadBytes + ((long)batch.Count * RecordHeader.Bytes) > _settings.FrameBytesMax;
        RoomPolicy room = new(mayFlush, _handler.OnlyRemoves(batch));
        if (batch.TakesSeveralFrames)
            return SequenceInFramesHoldingGate(batch, room);
        while (true)
        {
            WaitForTurnHoldingGate();
            long bodyBytes = SequenceStates(batch);
            if (HasRoomOrWithdraw(bodyBytes, room))
                return CopyIntoFrame(batch);
            _handler.EndSequence(accepted: false);
            MakeRoomHoldingGate(bodyBytes, room);
        }
    }

    /// <summary>Waits until neither a checkpoint nor a commit of several frames keeps others out.</summary>
    private void WaitForTurnHoldingGate()
    {
        ThrowIfUnavailable();
        while (_quiescing || _inFrames)
        {
            _gate.Wait(Timeout.InfiniteTimeSpan);
            ThrowIfUnavailable();
        }

        if (!_flushing && _filling.RecordCount == 0)
            _handler.ForgetSequenced();
    }

    /// <summary>
    /// A commit too large for one frame: its records, deferred, in as many as they take, then the record by which they count. No other commit comes in
    /// between, so that the states are sequenced once, for all of it; checkpoints do.
    /// </summary>
    private CommitResult SequenceInFramesHoldingGate(CommandBatch batch, RoomPolicy room)
    {
        WaitForTurnHoldingGate();
        _inFrames = true;
        try
        {
            SequenceStates(batch);
            return PlaceInFramesHoldingGate(batch, room);
        }
        finally
        {
            _inFrames = false;
            _openTransaction = null;
            _gate.PulseAll();
        }
    }

    private CommitResult PlaceInFramesHoldingGate(CommandBatch batch, RoomPolicy room)
    {
        long timestamp = _clock.GetTimestamp100Ns();
        CommandBatch ends = new();
        TransactionRecords.AddBegin(ends);
        TransactionRecords.AddCommit(ends, batch.Count + 1L);
        TransactionRecords.AddAbort(ends);
        Lsn first = Lsn.None;
        try
        {
            first = BeginHoldingGate(ends, room, timestamp);
            for (int i = 0; i < batch.Count; i++)
                PlaceHoldingGate(batch, i, RecordFlags.Deferred | RecordFlags.MoreFollow, first.Value, room, timestamp);
            MakeRoomForHoldingGate(BytesOf(ends, 1), room);
        }
        catch
        {
            _handler.EndSequence(accepted: false);
            if (first > Lsn.None)
                TryAbortHoldingGate(ends, first, room, timestamp);
            throw;
        }

        _commits++;
        _records += batch.Count;
        _handler.EndSequence(accepted: true);
        AddHoldingGate(ends, 1, RecordFlags.None, first.Value, timestamp);
        _fault.ThrowIfSet();
        return new CommitResult(first, _filling.End, timestamp);
    }

    /// <summary>The transaction begins with a frame, so that replay can begin there: what is gathered goes out first.</summary>
    private Lsn BeginHoldingGate(CommandBatch ends, RoomPolicy room, long timestamp)
    {
        long bytes = BytesOf(ends, 0);
        ThrowIfUnavailable();
        while (_quiescing || _flushing || _filling.RecordCount > 0 || !HasRoom(bytes, room))
        {
            if (_quiescing || _flushing)
                _gate.Wait(Timeout.InfiniteTimeSpan);
            else
                MakeRoomHoldingGate(bytes, room);
            ThrowIfUnavailable();
        }

        Lsn first = _filling.End;
        _openTransaction = new LogPosition(_filling.Lsn, _link);
        AddHoldingGate(ends, 0, RecordFlags.Deferred | RecordFlags.MoreFollow, first.Value, timestamp);
        return first;
    }

    private void TryAbortHoldingGate(CommandBatch ends, Lsn first, RoomPolicy room, long timestamp)
    {
        try
        {
            PlaceHoldingGate(ends, 2, RecordFlags.None, first.Value, room, timestamp);
        }
        catch (StoreException)
        {
            // Without a commit it never counts, whether its end is in the log or not.
        }
    }

    /// <summary>Adds one record of a commit of several frames to the frame at hand, or the next.</summary>
    private void PlaceHoldingGate(CommandBatch batch, int index, RecordFlags place, long transactionId, RoomPolicy room, long timestamp)
    {
        MakeRoomForHoldingGate(BytesOf(batch, index), room);
        AddHoldingGate(batch, index, place, transactionId, timestamp);
    }

    private void MakeRoomForHoldingGate(long recordBytes, RoomPolicy room)
    {
        ThrowIfUnavailable();
        while (_quiescing || !HasRoom(recordBytes, room))
        {
            if (_quiescing)
                _gate.Wait(Timeout.InfiniteTimeSpan);
            else
                MakeRoomHoldingGate(recordBytes, room);
            ThrowIfUnavailable();
        }
    }

    private void AddHoldingGate(CommandBatch batch, int index, RecordFlags place, long transactionId, long timestamp)
    {
        Lsn lsn = _filling.End;
        int start = _filling.BodyBytes;
        _filling.AddRecord(batch, index, place, transactionId, timestamp);
        if (_settings.ApplyWhenSequenced)
            ApplyOrFail(_filling.Body[start..], lsn);
    }

    private static long BytesOf(CommandBatch batch, int index) => RecordHeader.Bytes + batch.GetPayload(index).Length + batch.GetTail(index).Length;

    private long SequenceStates(CommandBatch batch)
    {
        batch.ResetTails();
        try
        {
            _handler.Sequence(batch);
            return CheckSize(batch);
        }
        catch
        {
            _handler.EndSequence(accepted: false);
            throw;
        }
    }

    private static long CheckSize(CommandBatch batch) => batch.PayloadBytes <= RecordLimits.CommitBytesMax
        ? batch.PayloadBytes + batch.TailBytes + ((long)batch.Count * RecordHeader.Bytes)
        : throw RecordLimits.CommitTooLarge(batch.PayloadBytes);

    private CommitResult CopyIntoFrame(CommandBatch batch)
    {
        Lsn first = _filling.End;
        int bodyStart = _filling.BodyBytes;
        long timestamp = _clock.GetTimestamp100Ns();
        long transactionId = batch.Count > 1 ? first.Value : 0;
        for (int i = 0; i < batch.Count; i++)
            _filling.AddRecord(batch, i, i < batch.Count - 1 ? RecordFlags.MoreFollow : RecordFlags.None, transactionId, timestamp);
        _commits++;
        _records += batch.Count;
        _handler.EndSequence(accepted: true);
        if (_settings.ApplyWhenSequenced)
            ApplyOrFail(_filling.Body[bodyStart..], first);
        _fault.ThrowIfSet();
        return new CommitResult(first, _filling.End, timestamp);
    }

    private bool HasRoomOrWithdraw(long bodyBytes, RoomPolicy room)
    {
        try
        {
            return HasRoom(bodyBytes, room);
        }
        catch
        {
            _handler.EndSequence(accepted: false);
            throw;
        }
    }

    /// <summary>Whether the frame takes so many bytes more; if so its memory is there, so that nothing can fail after a segment was taken for it.</summary>
    private bool HasRoom(long bodyBytes, RoomPolicy room)
    {
        if (!WouldHaveRoom(bodyBytes, room))
            return false;
        _filling.EnsureRoom(bodyBytes);
        TakeReservedIfNeeded(bodyBytes, room);
        return true;
    }

    private bool WouldHaveRoom(long bodyBytes, RoomPolicy room)
    {
        // A rotation waits for nobody: what is gathered goes out first, and the next frame begins the segment.
        if (_filling.RecordCount > 0)
            return !_rotationWanted && _filling.BodyBytes + bodyBytes <= _settings.FrameBytesMax && FitsSegment(bodyBytes, room);
        return StaysInSegment(bodyBytes, room)
            || (_filling.Roll is null && _reserved is not null && Suits(_reserved, bodyBytes, room));
    }

    private bool StaysInSegment(long bodyBytes, RoomPolicy room) => FitsSegment(bodyBytes, room) && !RotatesNow();

    private void TakeReservedIfNeeded(long bodyBytes, RoomPolicy room)
    {
        if (_filling.RecordCount > 0)
            return;
        if (StaysInSegment(bodyBytes, room))
        {
            // Wanted of a segment that is empty: there is nothing to rotate.
            _rotationWanted = false;
            return;
        }

        Lsn first = _segmentEnd;
        _filling.StartInNewSegment(first, _reserved!);
        _segmentEnd = first + _reserved!.SizeBytes;
        _isReserveSegment = _reserved.IsFromReserve;
        _reserved = null;
        _rotationWanted = false;
    }

    private bool RotatesNow() => _rotationWanted && _filling.Roll is null && _filling.Lsn > _segment.Header.FirstFrameLsn;

    /// <summary>A segment from the reserve takes only commits that remove: for others it is as good as full.</summary>
    private bool FitsSegment(long bodyBytes, RoomPolicy room) =>
        (room.OnlyRemoves || !_isReserveSegment) && _filling.BodyLsn + _filling.BodyBytes + bodyBytes <= _segmentEnd;

    private bool Suits(ReservedSegment reserved, long bodyBytes, RoomPolicy room) =>
        reserved.IsFromReserve ? room.OnlyRemoves && reserved.SizeBytes >= SegmentBytesLeast(bodyBytes) : reserved.SizeBytes >= SegmentBytesFor(bodyBytes);

    private long SegmentBytesFor(long bodyBytes) =>
        Math.Max(_settings.SegmentBytes, SegmentBytesLeast(bodyBytes));

    private static long SegmentBytesLeast(long bodyBytes) => SectorAlignment.Up(SegmentHeader.Bytes + FrameHeader.Bytes + bodyBytes, 4096);

    /// <summary>Gets a full frame out of the way, or a new segment ready. Releases the lock meanwhile: the caller starts over.</summary>
    private void MakeRoomHoldingGate(long bodyBytes, RoomPolicy room)
    {
        if (_filling.RecordCount > 0)
        {
            if (_flushing)
                _gate.Wait(Timeout.InfiniteTimeSpan);
            else if (room.MayFlush)
                FlushHoldingGate(sync: _filling.NeedsSync);
            else
                LetFlusherMakeRoomHoldingGate();
        }
        else if (_reserving)
        {
            _gate.Wait(Timeout.InfiniteTimeSpan);
        }
        else if (FitsSegment(bodyBytes, room))
        {
            ReserveForRotationHoldingGate(bodyBytes);
        }
        else
        {
            ReserveHoldingGate(room.OnlyRemoves
                ? () => _allocator.ReserveForRemovals(SegmentBytesFor(bodyBytes), SegmentBytesLeast(bodyBytes))
                : () => _allocator.ReserveForCommits(SegmentBytesFor(bodyBytes)));
        }
    }

    private void LetFlusherMakeRoomHoldingGate()
    {
        _roomWanted = true;
        WakeFlusherHoldingGate();
        if (!_fault.IsSet)
            _gate.Wait(Timeout.InfiniteTimeSpan);
    }

    /// <summary>A rotation is a wish: when there is no space for it, the log goes on in the segment it has.</summary>
    private void ReserveForRotationHoldingGate(long bodyBytes)
    {
        try
        {
            ReserveHoldingGate(() => _allocator.Reserve(SegmentBytesFor(bodyBytes)));
        }
        catch (StorageException)
        {
            _rotationWanted = false;
        }
    }

    /// <summary>Reserving may fail without harm: nothing was sequenced yet.</summary>
    private void ReserveHoldingGate(Func<ReservedSegment> reserve)
    {
        ReservedSegment? tooSmall = _reserved;
        _reserved = null;
        _reserving = true;
        _gate.Exit();
        ReservedSegment? reserved = null;
        try
        {
            if (tooSmall is not null)
                _allocator.Return(tooSmall);
            reserved = reserve();
        }
        finally
        {
            _gate.Enter();
            _reserved = reserved;
            _reserving = false;
            _gate.PulseAll();
        }
    }

    private void NoteUnsyncedHoldingGate()
    {
        if (_hasUnsynced || _settings.FlushInterval == Timeout.InfiniteTimeSpan)
            return;
        _hasUnsynced = true;
        _firstUnsyncedAt = _clock.GetTimestamp();
        WakeFlusherHoldingGate();
    }

    // ---- flushing ---------------------------------------------------------------------------------------------------

    /// <summary>Takes the flush and the frame; from here to <see cref="Flush(FrameBuffer, bool)"/> nobody else writes.</summary>
    private FrameBuffer SealHoldingGate()
    {
        FrameBuffer sealedFrame = _filling;
        if (sealedFrame.Roll is not null)
            _sectorBytes = _settings.SectorBytes;
        long usedBytes = FrameHeader.Bytes + sealedFrame.BodyBytes;
        _roomWanted = false;
        _filling = _idle;
        _idle = sealedFrame;
        _filling.Start(sealedFrame.Lsn + SectorAlignment.Up(usedBytes, _sectorBytes));
        _flushing = true;
        return sealedFrame;
    }

    /// <summary>Flushes what is gathered, and what was written and not synced. The lock is released meanwhile.</summary>
    private void FlushHoldingGate(bool sync = true)
    {
        if (_filling.RecordCount == 0 && (!sync || SyncedLsn >= _written))
            return;
        FrameBuffer? frame = null;
        if (_filling.RecordCount > 0)
            frame = SealHoldingGate();
        else
            _flushing = true;
        _hasUnsynced &= !sync;
        _gate.Exit();
        Flush(frame, sync);
        _gate.Enter();
    }

    private void Flush(FrameBuffer? frame, bool sync)
    {
        FlushFigures figures = default;
        try
        {
            if (_fault.IsSet)
                return;
            if (frame is not null)
                WriteFrame(frame, ref figures);
            if (sync)
                SyncWritten(ref figures);
            if (frame is not null && !_settings.ApplyWhenSequenced && frame.RecordCount > 0)
                ApplyOrFail(frame.Body, frame.BodyLsn);
            if (frame is not null && !_fault.IsSet)
                Volatile.Write(ref _completedLsn, _written.Value);
        }
#pragma warning disable CA1031 // Whatever it was, the frame's fate is unknown: nothing more may be acknowledged on this handle.
        catch (Exception e)
        {
            _fault.Set(e);
        }
#pragma warning restore CA1031
        finally
        {
            FinishFlush(frame, ref figures);
        }

        // Whoever waited has been woken, and nothing is held: a slow listener keeps nobody.
        _meter?.Flushed(figures);
    }

    private void WriteFrame(FrameBuffer frame, ref FlushFigures figures)
    {
        int records = frame.RecordCount;
        if (frame.Roll is ReservedSegment reserved)
            Roll(reserved, ref figures);
#if MUTANTS
        if (Mutants.Is(Mutants.FlushBeforeWrite))
            _segment.SyncData();
#endif
        ReadOnlySpan<byte> bytes = frame.Complete(
            _segment.Header.Salt, SyncedLsn, _link, _clock.GetTimestamp100Ns(), _sectorBytes, out FrameLink link);
        _segment.Write(bytes, frame.Lsn);
        _announced = SyncedLsn;
        _link = link;
        _written = frame.Lsn + bytes.Length;
        _frames++;
        _bytesWritten += bytes.Length;
        figures.FrameBytes = bytes.Length;
        figures.FrameRecords = records;
    }

    private void SyncWritten(ref FlushFigures figures)
    {
        if (SyncedLsn >= _written)
            return;
        long started = _meter is null ? 0 : _clock.GetTimestamp();
#if MUTANTS
        if (Mutants.Is(Mutants.NewHandleUsedToFlush))
            SyncThroughAnyHandle();
        else if (!Mutants.Is(Mutants.AckBeforeFlush) && !Mutants.Is(Mutants.FlushBeforeWrite))
#endif
        _segment.SyncData();
        _flushes++;
        Volatile.Write(ref _syncedLsn, _written.Value);
        if (_meter is not null)
            figures.AddSync(_clock.GetElapsedTime(started));
    }

    /// <summary>FORMAT.md §5.4: old segment synced, header synced, renamed, directory synced, named by ROOT.</summary>
    private void Roll(ReservedSegment reserved, ref FlushFigures figures)
    {
#if MUTANTS
        if (!(Mutants.Is(Mutants.CommitFrameWithoutRecords) && _inFrames))
#endif
        SyncWritten(ref figures);
        SegmentHeader previous = _segment.Header;
        SegmentHeader header = new()
        {
            SectorBytes = _sectorBytes,
            StoreId = previous.StoreId,
            Sequence = previous.Sequence + 1,
            FirstLsn = previous.NextFirstLsn,
            SizeBytes = reserved.SizeBytes,
            Epoch = previous.Epoch,
            Salt = _random.NextSalt(),
            Created = _clock.GetTimestamp100Ns(),
            PreviousSequence = previous.Sequence,
            PreviousEnd = _written,
            PreviousLink = _link,
        };
        SegmentWriter next = SegmentOpener.Begin(_files, _scheduler, _allocator, reserved, header);
        SegmentWriter old = _segment;
        Volatile.Write(ref _segment, next);
        old.Dispose();
#if MUTANTS
        if (!Mutants.Is(Mutants.ActiveSegmentNotInRoot))
#endif
        _registry.Activate(header, _written);
        _rolls++;
        figures.BeganSegment = true;
    }

    private void ApplyOrFail(ReadOnlySpan<byte> body, Lsn bodyLsn)
    {
        try
        {
            RecordCursor records = new(body, bodyLsn);
            while (records.MoveNext())
                _handler.Apply(records.Current);
        }
#pragma warning disable CA1031 // A state that could not take a logged change is not to be trusted any further.
        catch (Exception e)
        {
            _fault.Set(e);
        }
#pragma warning restore CA1031
    }

    /// <summary>Gives the flush back, hands waiting work to the flusher, and wakes everybody the frame concerns.</summary>
    private void FinishFlush(FrameBuffer? frame, ref FlushFigures figures)
    {
        CompleteAsync(frame, ref figures);
        int waiters = frame?.WaiterCount ?? 0;
        IGate? done = frame?.Done;
        _gate.Enter();
        _flushing = false;
        if (_filling.NeedsSync)
            WakeFlusherHoldingGate();
        bool failed = _fault.IsSet;
        _gate.PulseAll();
        _gate.Exit();
        if (waiters > 0)
            Pulse(done);
        if (failed)
            ReleaseAfterFault();
    }

    private void CompleteAsync(FrameBuffer? frame, ref FlushFigures figures)
    {
        if (frame is null || frame.AsyncCommits.Count == 0)
            return;
        if (GetFaultOrNull() is Exception error)
        {
            FailAsync(frame.AsyncCommits, error);
            return;
        }

        figures.CommitsStarted = _meter is { WantsCommitDuration: true } ? new long[frame.AsyncCommits.Count] : null;
        foreach (AsyncCommit commit in frame.AsyncCommits)
        {
            // Noted first: the next caller may have it as soon as it has succeeded.
            if (figures.CommitsStarted is long[] started)
                started[figures.Commits] = commit.Started;
            figures.Commits++;
            figures.Records += commit.Records;
            commit.Succeed();
        }
    }

    private void FailAsync(IReadOnlyCollection<AsyncCommit> commits, Exception error)
    {
        foreach (AsyncCommit commit in commits)
            commit.Fail(error);
        _meter?.Failed(error, TracedOperation.Commit, commits.Count);
    }

    /// <summary>After a fault: the frame that was filling will never be written.</summary>
    private void FailPending()
    {
        _gate.Enter();
        AsyncCommit[] commits = [.. _filling.AsyncCommits];
        _filling.Roll?.File.Dispose();
        _filling.Start(_filling.Lsn);
        _gate.Exit();
        if (commits.Length > 0)
            FailAsync(commits, GetFaultOrNull()!);
    }

    /// <summary>Stops the log for good, whoever found out why, and wakes everybody who waits for it.</summary>
    public void Fail(Exception cause)
    {
        _fault.Set(cause);
        ReleaseAfterFault();
    }

    /// <summary>Wakes everybody. The owner of a flush under way does it again when it is done.</summary>
    private void ReleaseAfterFault()
    {
        _gate.Enter();
        _gate.PulseAll();
        IGate first = _filling.Done;
        IGate second = _idle.Done;
        bool flushing = _flushing;
        _gate.Exit();
        Pulse(first);
        Pulse(second);
        if (!flushing)
            FailPending();
    }

    private static void Pulse(IGate? gate)
    {
        if (gate is null)
            return;
        gate.Enter();
        gate.PulseAll();
        gate.Exit();
    }

    private void WaitUntilSynced(FrameBuffer frame, Lsn end)
    {
        frame.Done.Enter();
        while (!IsSynced(end) && !_fault.IsSet)
            frame.Done.Wait(Timeout.InfiniteTimeSpan);
        frame.Done.Exit();
    }

    private void ThrowUnlessSynced(Lsn end)
    {
        if (!IsSynced(end))
            _fault.ThrowIfSet();
    }

    /// <summary>Whether everything below a position is durable and applied.</summary>
    private bool IsSynced(Lsn end) => CompletedLsn >= end && SyncedLsn >= end;

    private void ThrowIfUnavailable()
    {
        if (_closed)
            throw new StoreException(StoreError.StoreClosed, "The store is closed.");
        _fault.ThrowIfSet();
    }

    private StoreException? GetFaultOrNull()
    {
        try
        {
            _fault.ThrowIfSet();
            return null;
        }
        catch (StoreException e)
        {
            return e;
        }
    }

    // ---- the dedicated flusher --------------------------------------------------------------------------------------

    /// <summary>Sets the fault where there is no thread for it: what waits for a flush would wait for ever.</summary>
    private void WakeFlusherHoldingGate()
    {
        if (_flusher is null)
            StartFlusherHoldingGate();
        else if (_flusherIdle)
            _gate.PulseAll();
    }

    private void StartFlusherHoldingGate()
    {
        try
        {
            _flusher = _scheduler.Start("wal-flusher", RunFlusher);
        }
#pragma warning disable CA1031 // The commit that asks for it is sequenced already: whatever it was, nothing else may come out of here.
        catch (Exception e)
        {
            _fault.Set(e);
        }
#pragma warning restore CA1031
    }

    private void RunFlusher()
    {
        _gate.Enter();
        while (!_stopFlusher)
        {
            if (!_flushing && !_fault.IsSet && TimeUntilFlush() == TimeSpan.Zero)
            {
                FlushHoldingGate();
                continue;
            }

            if (!_flushing && !_fault.IsSet && _roomWanted)
            {
                _roomWanted = false;
                FlushHoldingGate(sync: false);
                continue;
            }

            _flusherIdle = true;
            _gate.Wait(_flushing || _fault.IsSet ? Timeout.InfiniteTimeSpan : TimeUntilFlush());
            _flusherIdle = false;
        }

        _gate.Exit();
    }

    private TimeSpan TimeUntilFlush()
    {
        if (_filling.NeedsSync)
            return TimeSpan.Zero;
        if (!_hasUnsynced)
            return Timeout.InfiniteTimeSpan;
        TimeSpan left = _settings.FlushInterval - _clock.GetElapsedTime(_firstUnsyncedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
