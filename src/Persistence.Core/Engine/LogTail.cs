using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// Follows the log of a store while whoever has it open for writing, in this process or another, appends to it: every entry once, in order. Takes no
/// lock on the store, writes nothing, and needs no state models; while nobody has the store open it waits. What it may believe, and why that is safe, is in
/// Wal/FORMAT.md §6. For one thread at a time; memory is bounded by one frame, and by one commit where a commit takes several.
/// </summary>
/// <remarks>
/// An entry is given out once the log says that it was flushed: a later frame, or the marker that a writer appends after its last flush
/// (<see cref="Configuration.StoreOptions.MarkerDelayMs"/>), or ROOT; what belongs to a transaction of several frames, once that is said of its commit. So the last entries of a writer that writes no markers come when it goes on or closes.
/// After any exception the tail can be asked again: after <see cref="LogTruncatedException"/> it goes on behind the range that is lost.
/// It holds the segment it reads until it has read it to the end: a tail that is not asked keeps that one's space from being freed, and no more.
/// </remarks>
public sealed class LogTail : IDisposable
{
    private const int PieceBytes = 64 << 10;
    private const int AttemptsMax = 16;

    private readonly IFileSystem _files;
    private readonly IGate _gate;
    private readonly LogTailOptions _options;
    private readonly TimeSpan _pollInterval;

    // Of the frame read last, until it is released; and where it ends.
    private readonly List<LogEntry> _entries = [];
    private readonly CommittedEntries _committed = new();
    private Lsn _frameEnd;

    private RootRecord _root;
    private IReadOnlyList<SegmentInfo> _segments = [];
    private int _index;
    private bool _isRetired;
    private HeldSegment? _segment;
    // Not told yet; and where the reader stood before it.
    private StoreException? _lost;
    private Lsn _lostAt;
    private Lsn _from;
    private Lsn _synced;
    private bool _isDisposed;

    private LogTail(StoreHost host, Lsn from, LogTailOptions options)
    {
        _files = host.Files;
        _gate = host.Scheduler.CreateGate();
        _options = options;
        _pollInterval = TimeSpan.FromMilliseconds(options.PollIntervalMs);
        _from = from;
        _root = ReadRoot(storeId: null);
    }

    /// <summary>The next entry starts here or later: from here on another tail would go on, and say what this one had still to say of what is lost.</summary>
    public Lsn Position => _lost is null ? _committed.First ?? NextLsn : _lostAt;

    /// <summary>The next entry to be read, or that was read and is not released, starts here or later.</summary>
    private Lsn NextLsn => _entries.Count > 0 ? _entries[0].Lsn : Lsn.Later(_from, _segment?.NextLsn ?? Lsn.None);

    /// <summary>What is asked of the frame read last: whether it may be given out.</summary>
    private bool IsReleased =>
#if MUTANTS
        Mutants.Is(Mutants.TailerEmitsUnsynced) ||
#endif
        _options.IncludeUnsynced || _frameEnd <= _synced;

    private bool IsActive => _segment!.Header.Sequence == _root.ActiveSequence && _segment.Header.Salt == _root.ActiveSalt;

    private bool IsSealed => _isRetired || _index + 1 < _segments.Count;

    /// <summary>The next entry, or null when there is none yet.</summary>
    /// <exception cref="LogTruncatedException">Retention, or damage to a segment's header, took what came next. Asked again, the tail goes on with what is left.</exception>
    /// <exception cref="LogBranchException">The store was taken back to an earlier state, and entries that were read, or asked for, are no longer part of its history. Asked again, the tail goes on where that parts from them.</exception>
    /// <exception cref="StoreException">ChecksumMismatch at damage below the proven end of the log (a new tail from the position its message names passes it by); StoreNotFound when the store was removed; or a failure of the files.</exception>
    public LogEntry? TryRead()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        do
        {
            ThrowIfLost();
            Release();
            if (_committed.TryTake(out LogEntry? entry))
                return entry;
        }
        while (ReadFrame() || LookAgain());
        return null;
    }

    /// <summary>The next entry, as soon as there is one.</summary>
    /// <param name="cancellation">Ends the waiting at once.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="StoreException">As <see cref="TryRead"/> has it.</exception>
    public LogEntry Read(CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryRead() is LogEntry entry)
                return entry;
            Wait(cancellation);
        }
    }

    /// <summary>Waits for the time after which to look again, or until it is cancelled.</summary>
    public void Wait(CancellationToken cancellation = default)
    {
        CancellationTokenRegistration wake = cancellation.UnsafeRegister(static gate => Wake((IGate)gate!), _gate);
        _gate.Enter();
        try
        {
            if (!cancellation.IsCancellationRequested)
                _gate.Wait(_pollInterval);
        }
        finally
        {
            _gate.Exit();
            wake.Unregister();
        }
    }

    /// <summary>Lets go of the segment it holds. Its position stays: another tail can go on from there.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _from = NextLsn;
        _segment?.Dispose();
        _segment = null;
    }

    /// <param name="host">The store's outside world.</param>
    /// <param name="from">The first position wanted; null: what comes after the last entry there is now.</param>
    /// <param name="options">How to follow it.</param>
    internal static LogTail Open(StoreHost host, Lsn? from, LogTailOptions options)
    {
        StoreReader.RequireStore(host.Files, RecoveryMode.Strict);
        LogTail tail = new(StorePlacement.ForReading(host), from ?? Lsn.Max, options);
        try
        {
            tail.Enter();
            if (from is null)
                tail.SkipToEnd();
            return tail;
        }
        catch
        {
            tail.Dispose();
            throw;
        }
    }

    private static void Wake(IGate gate)
    {
        gate.Enter();
        gate.PulseAll();
        gate.Exit();
    }

    /// <summary>Hands on what the frame read last has, if it may be given out.</summary>
    private void Release()
    {
        if (!IsReleased)
            return;
        _entries.ForEach(_committed.Add);
        _entries.Clear();
    }

    private void ThrowIfLost()
    {
        if (_lost is not StoreException lost)
            return;
        _lost = null;
        throw lost;
    }

    /// <summary>Goes on at the end, or where the transaction began that is being written there.</summary>
    private void SkipToEnd()
    {
        Lsn? begin = SkipFrames(_segment!);
        _from = _segment!.NextLsn;
        if (_segment.RecordCount == 0 && _index > 0 && HeldSegment.TryOpen(_files, _segments[_index - 1], PieceBytes) is HeldSegment before)
        {
            using (before)
            {
                before.EndAt(_segment.Header.PreviousEnd);
                begin = SkipFrames(before);
            }
        }

        if (begin is null)
            return;
        _from = begin.Value;
        _segment.Dispose();
        _segment = null;
        Enter();
    }

    /// <summary>Reads a segment to its end.</summary>
    /// <returns>Where the transaction began that had its last records there and no commit yet; null for none.</returns>
    private Lsn? SkipFrames(HeldSegment segment)
    {
        while (!segment.AtEnd && segment.Read() == FrameDefect.None)
            _synced = Lsn.Later(_synced, segment.SyncedLsn);
        if (segment.RecordCount == 0)
            return null;
        List<LogEntry> last = [];
        segment.CopyRecords(Lsn.None, Lsn.Max, Lsn.None, last);
        return (last[^1].Flags & RecordFlags.Deferred) != 0 ? new Lsn(last[^1].TransactionId) : null;
    }

    /// <summary>Reads the next frame; of one that waits to be released, asks those behind it.</summary>
    /// <returns>Whether anything has come of it.</returns>
    private bool ReadFrame()
    {
        if (_segment is null)
            return false;
        if (_entries.Count > 0)
        {
            _synced = Lsn.Later(_synced, _segment.LookAhead(_frameEnd));
            return IsReleased;
        }

        if (_segment.AtEnd)
            return false;
        if (_segment.Read() is FrameDefect defect && defect != FrameDefect.None)
            return PassDamage(defect);
        _synced = Lsn.Later(_synced, _segment.SyncedLsn);
        _frameEnd = _segment.NextLsn;
        _segment.CopyRecords(_from, Lsn.Max, _options.IncludeUnsynced ? _synced : Lsn.Max, _entries);
        return true;
    }

    /// <summary>
    /// Where there is no valid frame the log may just not go on yet. Damage is what is missing below a position that had been synced before it was looked at;
    /// where a retired segment ended nobody knows any more.
    /// </summary>
    private bool PassDamage(FrameDefect defect)
    {
        if (_isRetired || _segment!.NextLsn >= _synced || !_segment.IsStillThere())
            return false;
        _segment.PassDamage(defect, _from);
        return true;
    }

    /// <summary>Nothing more is to be had where the tail stands: what does ROOT say, and what the segment's own header? The segment is read again after that.</summary>
    /// <returns>Whether there is more to read now.</returns>
    private bool LookAgain()
    {
        LookAtRoot();
        if (_segment is null || !_segment.IsStillThere())
            return Enter();
        _segment.Refresh();
        if (IsActive)
        {
            _synced = Lsn.Later(_synced, _root.DurableFloor);
            return ReadFrame();
        }

        return IsSealed ? EnterNext() : Seal();
    }

    /// <summary>The log goes on in a later segment, and the one after this says where this one ends. What was read of it and not given out is read again: it may not have become part of the log.</summary>
    private bool Seal()
    {
        StepBack();
        IReadOnlyList<SegmentInfo> segments = FindLog(out SegmentCatalog catalog).Segments;
        if (LeavesBranch(segments, catalog))
            return true;
        int index = IndexOf(segments, _segment!.Header);
        // Retired already: then nobody says any more where it ended, but a segment that is followed by another was synced to its end.
        _isRetired = index < 0;
        if (!_isRetired)
            Place(segments, index);
        else if (LogPath.Continues(segments[0].Header!, _segment.Header))
            _segment.EndAt(segments[0].Header!.PreviousEnd);
        _synced = Lsn.Later(_synced, _root.DurableFloor);
        return true;
    }

    private bool EnterNext()
    {
        if (_isRetired || !_segments[_index].IsFollowedBy(_segments[_index + 1]) || HeldSegment.TryOpen(_files, _segments[_index + 1], PieceBytes) is not HeldSegment next)
            return Enter();
        return Take(_segments, _index + 1, next);
    }

    /// <summary>Goes on in the segment that holds the position, or in the oldest one after it; what lies between is lost.</summary>
    /// <exception cref="LogTruncatedException">The segment is there and cannot be held.</exception>
    private bool Enter()
    {
        StepBack();
        for (int attempt = 1; ; attempt++)
        {
            (IReadOnlyList<SegmentInfo> segments, Lsn from) = FindLog(out SegmentCatalog catalog);
            // Where it goes on then is another part of the log.
            if (LeavesBranch(segments, catalog))
                return true;
            // Who wants all of it is told what is lost of it.
            if (NextLsn == Lsn.None)
                _from = from;
            LogContinuation next = LogContinuation.Find(segments, NextLsn, _segment?.Link);
            if (HeldSegment.TryOpen(_files, segments[next.Index], PieceBytes) is HeldSegment segment)
            {
                NoteLost(next, segments);
                _synced = Lsn.Later(_synced, _root.DurableFloor);
                return Take(segments, next.Index, segment);
            }

            // Retention was faster; then another one is the oldest now.
            if (attempt == AttemptsMax)
                throw LogTruncatedException.Of(segments[next.Index]);
        }
    }

    private bool Take(IReadOnlyList<SegmentInfo> segments, int index, HeldSegment segment)
    {
        if (_segment is not null)
            _from = NextLsn;
        _segment?.Dispose();
        _segment = segment;
        _isRetired = false;
        Place(segments, index);
        return true;
    }

    /// <summary>The history that was followed is not the store's any more: says so, and is to go on where the two part.</summary>
    private bool LeavesBranch(IReadOnlyList<SegmentInfo> segments, SegmentCatalog catalog)
    {
        if (LeftBranch.FindFork(_root.Branches, new LogPath(segments, Successor: null, Gap: null), catalog, _segment?.Header, NextLsn) is not Lsn fork)
            return false;
        fork = FindForkWithArchive(catalog) ?? fork;
        _lostAt = Position;
        _lost = new LogBranchException(fork, _lostAt);
        _committed.Forget();
        _segment?.Dispose();
        _segment = null;
        _from = fork;
        return true;
    }

    /// <summary>What the log has let go of either history the archive may have: the two may have parted there.</summary>
    private Lsn? FindForkWithArchive(SegmentCatalog catalog)
    {
        catalog = ArchiveCatalog.AddTo(catalog, _files, _root.StoreId);
        return catalog.Archived.Count == 0 ? null : LeftBranch.FindFork(_root.Branches, RecoveryPlan.Decide(_root, catalog, RecoveryMode.Strict).Current, catalog, _segment?.Header, NextLsn);
    }

    /// <summary>With a part of a transaction all of it is lost.</summary>
    private void NoteLost(LogContinuation next, IReadOnlyList<SegmentInfo> segments)
    {
        _lost = null;
        if (next.Lost is null)
            return;
        _lostAt = Position;
        _lost = LogTruncatedException.Before(segments[next.Index].Header!, _lostAt);
        _committed.Forget();
    }

    private void Place(IReadOnlyList<SegmentInfo> segments, int index)
    {
        _segments = segments;
        _index = index;
        if (segments[index].FindEnd(index + 1 < segments.Count ? segments[index + 1] : null) is Lsn end)
            _segment!.EndAt(end);
    }

    private void StepBack()
    {
        if (_entries.Count == 0)
            return;
        _entries.Clear();
        _segment!.StepBack();
    }

    /// <summary>The segments up to the one that ROOT names, as they are while a writer goes on. No position that this ROOT calls durable lies behind them.</summary>
    private ReadableLog FindLog(out SegmentCatalog catalog)
    {
        while (true)
        {
            long looked = _root.Generation;
            try
            {
                catalog = SegmentCatalog.Read(_files, _root.StoreId);
                IReadOnlyList<SegmentInfo> log = RecoveryPlan.Decide(_root, catalog, RecoveryMode.Strict).Current.Segments;
                return ReadableLog.Reach(_files, log.TakeWhile(segment => segment.Sequence <= _root.ActiveSequence).ToArray(), NextLsn);
            }
            catch (StoreException)
            {
                // Unless the log rolled on, and retention went on with it.
                if (LookAtRoot() == looked)
                    throw;
            }
        }
    }

    private static int IndexOf(IReadOnlyList<SegmentInfo> segments, SegmentHeader header)
    {
        for (int i = 0; i < segments.Count; i++)
        {
            if (segments[i].Header == header)
                return i;
        }

        return -1;
    }

    /// <summary>Looks at ROOT. One that names an older segment than the one being read has lost its newest slot: then what it said before holds.</summary>
    /// <returns>The generation to go by.</returns>
    private long LookAtRoot()
    {
        RootRecord root = ReadRoot(_root.StoreId);
        if (_segment is null || root.ActiveSequence >= _segment.Header.Sequence)
            _root = root;
        return _root.Generation;
    }

    /// <summary>ROOT as it is now: while one slot is being written the other one holds.</summary>
    private RootRecord ReadRoot(Guid? storeId)
    {
        for (int attempt = 1; ; attempt++)
        {
            RootReading reading = RootFile.Read(_files);
            if (!reading.Exists)
                throw new StoreException(StoreError.StoreNotFound, "The directory does not hold a store any more.");
            if (reading.Believed is RootRecord root)
            {
                return storeId is null || root.StoreId == storeId
                    ? root
                    : throw new StoreException(StoreError.StoreMismatch, $"The directory holds another store now: {root.StoreId}, not {storeId}.") { File = RootFile.Name };
            }

            if (attempt == AttemptsMax)
                throw StoreCreator.RootLost();
        }
    }
}
