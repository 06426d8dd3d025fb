using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>
/// Finds the position that a time stands for: the last commit, in the order of the log, that was made by then. Clocks go back, so the log is read from its newest
/// segment backwards, until one has such a commit.
/// </summary>
internal sealed class TimeTarget
{
    private readonly IFileSystem _files;
    private readonly RootRecord _root;
    private readonly LogPath _path;
    private readonly RecoveryMode _mode;
    private readonly List<RecoveryFinding> _findings;
    private readonly long _time;

    public TimeTarget(IFileSystem files, RootRecord root, LogPath path, RecoveryMode mode, List<RecoveryFinding> findings, DateTimeOffset time)
    {
        _files = files;
        _root = root;
        _path = path;
        _mode = mode;
        _findings = findings;
        _time = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
    }

    /// <exception cref="StoreException">PositionNotInLog for a time before the store; LogTruncated for one before the log that is kept; damage where it keeps from telling.</exception>
    public Lsn Find()
    {
        for (int i = _path.Segments.Count - 1; i >= 0; i--)
        {
            if (FindIn(_path.Segments[i], i + 1 < _path.Segments.Count ? _path.Segments[i + 1].Header : null) is not Lsn found)
                continue;
            NoteLaterSegments(i);
            return found;
        }

        SegmentHeader oldest = _path.Segments[0].Header!;
        if (oldest.PreviousSequence == 0 && oldest.Created <= _time)
            return oldest.FirstFrameLsn;
        StoreError error = oldest.PreviousSequence == 0 ? StoreError.PositionNotInLog : StoreError.LogTruncated;
        string what = oldest.PreviousSequence == 0 ? "the store was created later" : "the log of that time is no longer kept";
        throw new UnreachableTargetException(
            error, oldest.PreviousEnd, RecoveryPlan.FindOldestState(_root, _path), RecoveryPlan.ReachableTo(_root, _path), $"no commit was made by then; {what}", $"The state of {Timestamps.ToInstant(_time):O}");
    }

    private Lsn? FindIn(SegmentInfo segment, SegmentHeader? successor)
    {
        SegmentHeader header = segment.Header!;
        using IFile file = segment.Open(_files);
        using ReadWindow window = new(file);
        long limit = successor is null ? header.SizeBytes : successor.PreviousEnd - header.FirstLsn;
        SegmentReader reader = new(window, header, limit, SegmentHeader.Bytes, header.PreviousLink);
        Lsn? found = null;
        long latest = long.MinValue;
        FrameDefect defect = FrameDefect.None;
        while (!reader.AtLimit && (defect = reader.Read()) == FrameDefect.None)
        {
            if (LastCommit(reader) is not (Lsn lsn, long time))
                continue;
            if (time < latest)
                NoteClock(lsn, time, latest);
            latest = Math.Max(latest, time);
            found = time <= _time ? lsn : found;
        }

        if (defect != FrameDefect.None && IsDamage(window, header, reader, successor))
            RequireLater(segment, reader, defect, Math.Max(latest, header.Created));
        return found;
    }

    /// <summary>The last record of the frame read last, if it makes anything count.</summary>
    private static (Lsn Lsn, long Time)? LastCommit(SegmentReader reader)
    {
        RecordCursor records = new(reader.Body, reader.BodyLsn);
        (Lsn, long)? last = null;
        while (records.MoveNext())
        {
            LogRecord record = records.Current;
            last = record.IsDeferred ? null : (records.Lsn, record.Timestamp);
        }

        return last;
    }

    private bool IsDamage(ReadWindow window, SegmentHeader header, SegmentReader reader, SegmentHeader? successor) =>
        successor is not null || TailVerdict.Decide(TailEvidenceGatherer.Gather(window, header, reader, _root)) == TailKind.Damage;

    /// <summary>What lies behind damage may have been made by then too, unless it is known to be later.</summary>
    private void RequireLater(SegmentInfo segment, SegmentReader reader, FrameDefect defect, long latest)
    {
        string what = $"The log is damaged at offset {reader.Offset} of '{segment.Path}' (LSN {reader.NextLsn}): {FrameDefects.Describe(defect)}";
        if (latest <= _time && _mode == RecoveryMode.Strict)
        {
            throw new StoreException(
                StoreError.RecoveryRequired,
                $"{what}. Which commits behind it were made by {Timestamps.ToInstant(_time):O} cannot be told. Nothing was changed. Give an LSN as the target, or recover in mode TolerateTail.")
            { File = segment.Path, Offset = reader.Offset, Position = reader.NextLsn.Value };
        }

        _findings.Add(new RecoveryFinding(FindingKind.Damage, FindingSeverity.Warning, $"{what}. What lies behind it is taken to be later than the time asked for.") { File = segment.Path, Offset = reader.Offset, Lsn = reader.NextLsn });
    }

    private void NoteClock(Lsn lsn, long time, long before) => Note(
        lsn, $"The clock went back at LSN {lsn}, from {Timestamps.ToInstant(before):O} to {Timestamps.ToInstant(time):O}: the target is the last commit in the order of the log that was made by then, and what precedes it may be of a later time.");

    /// <summary>A segment begun later than the time asked for, and before the commit that was found.</summary>
    private void NoteLaterSegments(int found)
    {
        if (_path.Segments.Take(found).Select(static segment => segment.Header!).FirstOrDefault(header => header.Created > _time) is SegmentHeader later)
            Note(later.FirstFrameLsn, $"Segment {later.Sequence} was begun at {Timestamps.ToInstant(later.Created):O}, later than the time asked for, and precedes the last commit made by then: the clock went back.");
    }

    private void Note(Lsn lsn, string message)
    {
        if (!_findings.Exists(static finding => finding.Kind == FindingKind.ClockWentBack))
            _findings.Add(new RecoveryFinding(FindingKind.ClockWentBack, FindingSeverity.Warning, message) { Lsn = lsn });
    }
}
