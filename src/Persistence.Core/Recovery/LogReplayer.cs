using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>Reads a contiguous run of segments in order and decides where the log ends.</summary>
internal sealed class LogReplayer
{
    private const long ReportBytes = 4 << 20;

    private readonly IFileSystem _files;
    private readonly RootRecord _root;
    private readonly RecoveryMode _mode;
    private readonly List<RecoveryFinding> _findings;
    private readonly RecordHandler _handler;
    private readonly Action<RecoveryProgress>? _progress;
    private readonly Lsn _target;
    private Lsn _redoFrom;
    private Lsn _synced;
    private long _bytesTotal;
    private long _records;
    private long _bytesReported;
    private bool _isAtTarget;
#if MUTANTS
    private long _lastTime;
    private bool _timeWentBack;
#endif

    public LogReplayer(
        IFileSystem files, RootRecord root, RecoveryMode mode, List<RecoveryFinding> findings, RecordHandler handler, Action<RecoveryProgress>? progress, Lsn? target = null)
    {
        _files = files;
        _root = root;
        _mode = mode;
        _findings = findings;
        _handler = handler;
        _progress = progress;
        _target = target ?? Lsn.Max;
    }

    /// <summary>When the last record that counts was made, 100 ns units since 1970-01-01 UTC; null when none was replayed.</summary>
    public long? LastTimestamp { get; private set; }

    /// <summary>Frames read.</summary>
    public long Frames { get; private set; }

    /// <summary>Bytes of frames read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Replays from a starting point to the target, or to the end of the log.</summary>
    /// <param name="start">Where to start.</param>
    /// <param name="link">The frame before that position, from the checkpoint, or null at the beginning of the log.</param>
    public LogEnd Replay(StartingPoint start, FrameLink? link)
    {
        _redoFrom = start.RedoFrom;
        _synced = _root.DurableFloor;
        _bytesTotal = start.Segments.Sum(segment => segment.FileBytes);
        LogEnd end = ReplaySegments(start, link);
        if (start.Checkpoint is RootCheckpoint checkpoint && end.Position.Lsn < checkpoint.End)
        {
            throw Damaged(
                start.Segments[^1], end.Position.Lsn, StoreError.DurabilityLost, $"the log ends here, and checkpoint {checkpoint.Id} needs it up to {checkpoint.End}");
        }

        return end;
    }

    private LogEnd ReplaySegments(StartingPoint start, FrameLink? link)
    {
        for (int i = 0; i < start.Segments.Count - 1; i++)
            ReplaySealed(start.Segments[i], start.Segments[i + 1].Header!, start, link);
#if MUTANTS
        if (Mutants.Is(Mutants.ApplyTwice))
        {
            LogEnd end = ReplayNewest(start.Segments[^1], start, link);
            for (int i = 0; i < start.Segments.Count - 1; i++)
                ReplaySealed(start.Segments[i], start.Segments[i + 1].Header!, start, link);
            return end;
        }
#endif
        if (start.Successor is null)
            return start.Segments[^1].Archived is IArchivedContent archived ? ReplayArchived(start.Segments[^1], archived.End, start, link) : ReplayNewest(start.Segments[^1], start, link);
        LogPosition reached = ReplaySealed(start.Segments[^1], start.Successor, start, link);
        return new LogEnd(reached, TailKind.Target, default, _synced);
    }

    private LogPosition ReplaySealed(SegmentInfo segment, SegmentHeader successor, StartingPoint start, FrameLink? link)
    {
        using IFile file = segment.Open(_files);
        long limit = successor.PreviousEnd - segment.Header!.FirstLsn;
        using ReadWindow window = new(file);
        SegmentReader reader = OpenReader(segment, window, limit, start, link);
#if MUTANTS
        if (Mutants.Is(Mutants.ReplayFollowsDeadBranch) && successor.BeginsBranch)
            reader = OpenReader(segment, window, segment.Header.SizeBytes, start, link);
#endif
        FrameDefect defect = ReadFrames(reader);
        _synced = Lsn.Later(_synced, successor.PreviousEnd);
        if (IsAtTarget(reader))
            return new LogPosition(reader.NextLsn, reader.Link);
#if MUTANTS
        if (Mutants.Is(Mutants.NonFinalTornTailAccepted) || (Mutants.Is(Mutants.ReplayFollowsDeadBranch) && successor.BeginsBranch))
            return new LogPosition(successor.PreviousEnd, successor.PreviousLink);
#endif
        if ((defect != FrameDefect.None || reader.Offset != limit) && segment.Copy is SegmentInfo copy)
            ReplayCopy(copy, successor, reader, limit);
        else
            RequireSealed(segment, successor, reader, defect, limit);
        return new LogPosition(successor.PreviousEnd, successor.PreviousLink);
    }

    /// <summary>Goes on in the archived copy where the log has no valid frame: up to there both were the same.</summary>
    private void ReplayCopy(SegmentInfo copy, SegmentHeader successor, SegmentReader before, long limit)
    {
        using IFile file = copy.Open(_files);
        using ReadWindow window = new(file);
        SegmentReader reader = new(window, copy.Header!, limit, before.Offset, before.Link);
        FrameDefect defect = ReadFrames(reader);
        RequireSealed(copy, successor, reader, defect, limit);
        _findings.Add(new RecoveryFinding(
            FindingKind.ArchivedCopyUsed, FindingSeverity.Warning,
            $"Segment '{SegmentNames.Path(copy.Sequence)}' is damaged at LSN {before.NextLsn}; from there on its archived copy '{copy.Path}' was used.")
        { File = SegmentNames.Path(copy.Sequence), Offset = before.Offset, Lsn = before.NextLsn });
    }

    private static void RequireSealed(SegmentInfo segment, SegmentHeader successor, SegmentReader reader, FrameDefect defect, long limit)
    {
        if (defect != FrameDefect.None || reader.Offset != limit)
            throw Damaged(segment, reader.NextLsn, StoreError.ChecksumMismatch, $"{FrameDefects.Describe(defect)}, and segment {successor.Sequence} continues the log from {successor.PreviousEnd}");
        if (reader.Link != successor.PreviousLink)
            throw Damaged(segment, reader.NextLsn, StoreError.SequenceGap, $"its last frame is not the one that segment {successor.Sequence} follows");
    }

    /// <summary>The last segment of a history that was left, where only the archive has it: that says itself where it ends.</summary>
    private LogEnd ReplayArchived(SegmentInfo segment, LogPosition end, StartingPoint start, FrameLink? link)
    {
        using IFile file = segment.Open(_files);
        using ReadWindow window = new(file);
        SegmentReader reader = OpenReader(segment, window, end.Lsn - segment.Header!.FirstLsn, start, link);
        FrameDefect defect = ReadFrames(reader);
        _synced = Lsn.Later(_synced, end.Lsn);
        LogPosition reached = new(reader.NextLsn, reader.Link);
        if (!IsAtTarget(reader) && reached != end)
            throw Damaged(segment, reached.Lsn, StoreError.ChecksumMismatch, $"{FrameDefects.Describe(defect)}, and what was archived ends at LSN {end.Lsn}");
        return new LogEnd(reached, IsAtTarget(reader) ? TailKind.Target : TailKind.EndOfLog, default, _synced);
    }

    private LogEnd ReplayNewest(SegmentInfo segment, StartingPoint start, FrameLink? link)
    {
        using IFile file = _files.Open(segment.Path, FileIntent.Read);
        using ReadWindow window = new(file);
        SegmentReader reader = OpenReader(segment, window, segment.Header!.SizeBytes, start, link);
        _synced = Lsn.Later(_synced, segment.Header.PreviousEnd);
        while (true)
        {
            FrameDefect defect = ReadFrames(reader);
            if (IsAtTarget(reader))
                return new LogEnd(new LogPosition(reader.NextLsn, reader.Link), TailKind.Target, default, _synced);
#if MUTANTS
            if (Mutants.Is(Mutants.BadRecordSkipped) && SegmentReader.FindNext(window, segment.Header, segment.Header.SizeBytes, reader.Offset) is SegmentReader next)
            {
                reader = next;
                continue;
            }
#endif
            TailEvidence evidence = TailEvidenceGatherer.Gather(window, segment.Header, reader, _root);
            TailKind kind = TailVerdict.Decide(evidence);
            if (kind == TailKind.Damage && ReadAgain(file, segment.Header, reader) is SegmentReader further)
            {
                reader = further;
                continue;
            }

            Report(kind, segment, reader, defect, evidence);
            return new LogEnd(new LogPosition(reader.NextLsn, reader.Link), kind, evidence, _synced);
        }
    }

    /// <summary>A live writer may have completed the frame after it was looked at: look again before accusing the disk.</summary>
    private static SegmentReader? ReadAgain(IFile file, SegmentHeader header, SegmentReader reader)
    {
        ReadWindow fresh = new(file);
        SegmentReader probe = new(fresh, header, header.SizeBytes, reader.Offset, reader.Link);
        return !probe.AtLimit && probe.Read() == FrameDefect.None
            ? new SegmentReader(fresh, header, header.SizeBytes, reader.Offset, reader.Link)
            : null;
    }

    private static SegmentReader OpenReader(SegmentInfo segment, ReadWindow window, long limit, StartingPoint start, FrameLink? link)
    {
        SegmentHeader header = segment.Header!;
        if (!ReferenceEquals(segment, start.Segments[0]) || start.Checkpoint is null)
            return new SegmentReader(window, header, limit, SegmentHeader.Bytes, header.PreviousLink);
        if (start.RedoFrom == header.PreviousEnd && link != header.PreviousLink)
            throw Damaged(segment, header.FirstFrameLsn, StoreError.SequenceGap, $"the log does not continue checkpoint {start.Checkpoint.Id}");
        return start.RedoFrom > header.FirstFrameLsn
            ? new SegmentReader(window, header, limit, start.RedoFrom - header.FirstLsn, link)
            : new SegmentReader(window, header, limit, SegmentHeader.Bytes, header.PreviousLink);
    }

    private FrameDefect ReadFrames(SegmentReader reader)
    {
        FrameDefect defect = FrameDefect.None;
        long start = reader.Offset;
        _isAtTarget = false;
        while (!reader.AtLimit && reader.NextLsn < _target && (defect = reader.Read()) == FrameDefect.None)
        {
            _synced = Lsn.Later(_synced, reader.Frame.SyncedLsn);
            if (LiesBeyondTarget(reader))
            {
                reader.StepBack();
                _isAtTarget = true;
                break;
            }

            Frames++;
            ReportProgress(Bytes + reader.Offset - start);
#if MUTANTS
            _timeWentBack |= reader.Frame.Time < _lastTime;
            _lastTime = reader.Frame.Time;
            if (Mutants.Is(Mutants.ReplayStopsWhenTimeGoesBack) && _timeWentBack)
                continue;
#endif
            HandleRecords(reader);
        }

        Bytes += reader.Offset - start;
        return defect;
    }

    private bool IsAtTarget(SegmentReader reader) => _isAtTarget || reader.NextLsn >= _target;

    /// <summary>A frame counts when its last record starts at or below the target.</summary>
    private bool LiesBeyondTarget(SegmentReader reader)
    {
        if (reader.NextLsn <= _target)
            return false;
        RecordCursor records = new(reader.Body, reader.BodyLsn);
        Lsn last = reader.Frame.Lsn;
        while (records.MoveNext())
            last = records.Lsn;
        return last > _target;
    }

    private void ReportProgress(long bytes)
    {
        if (_progress is null || ((Frames & 0xFFF) != 0 && bytes - _bytesReported < ReportBytes))
            return;
        _bytesReported = bytes;
        _progress(new RecoveryProgress(RecoveryPhase.Replaying, bytes, _bytesTotal, _records));
    }

    private void HandleRecords(SegmentReader reader)
    {
        RecordCursor records = new(reader.Body, reader.BodyLsn);
        while (records.MoveNext())
        {
            if (records.Lsn < _redoFrom)
                continue;
            LogRecord record = records.Current;
            _handler(record);
            LastTimestamp = record.Timestamp;
            _records++;
        }
    }

    private void Report(TailKind kind, SegmentInfo segment, SegmentReader reader, FrameDefect defect, in TailEvidence evidence)
    {
        if (kind == TailKind.TornTail)
        {
            _findings.Add(new RecoveryFinding(
                FindingKind.TornTail, FindingSeverity.Warning,
                $"The log ends at {reader.NextLsn} in an incomplete write ({FrameDefects.Describe(defect)}). No flush is known to have covered it, so it was never acknowledged as durable, as far as that can be proven.")
            { File = segment.Path, Offset = reader.Offset, Lsn = reader.NextLsn });
        }

        if (kind != TailKind.Damage)
            return;
        StoreException damage = Damaged(segment, reader.NextLsn, StoreError.ChecksumMismatch, $"{FrameDefects.Describe(defect)}, and {TailVerdict.Explain(evidence)}");
        if (_mode == RecoveryMode.Strict)
        {
            throw new StoreException(
                StoreError.RecoveryRequired,
                $"{damage.Message} Nothing was changed. To go on with the log up to this position, recover in mode TolerateTail; what follows is kept in quarantine.",
                damage)
            { File = damage.File, Offset = damage.Offset, Position = damage.Position };
        }

        _findings.Add(new RecoveryFinding(FindingKind.Damage, FindingSeverity.Error, damage.Message) { File = segment.Path, Offset = reader.Offset, Lsn = reader.NextLsn });
    }

    private static StoreException Damaged(SegmentInfo segment, Lsn position, StoreError error, string why)
    {
        long offset = position - segment.Header!.FirstLsn;
        return new StoreException(error, $"The log is damaged at offset {offset} of '{segment.Path}' (LSN {position}): {why}.")
        { File = segment.Path, Offset = offset, Position = position.Value };
    }
}
