using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Repair;

/// <summary>
/// Rebuilds what can be rebuilt: the newest chain of checkpoints that loads, and behind it every committed transaction whose records can be read, in the order of the log, whatever is missing between them. Says what could not be read and what is left out. Writes nothing.
/// </summary>
internal sealed class SalvageReader(IFileSystem files, StateModels models, Action<RecoveryProgress>? progress)
{
    private Lsn _redoFrom;
    private LogPosition _end;
    private long _records;

    public RootRecord Root { get; private set; } = new();

    /// <summary>Where a new store takes up the history.</summary>
    public FoundingPoint Point { get; private set; } = new(default, default, 0, 0, 0);

    public long? CheckpointId { get; private set; }

    public long ItemsLoaded { get; private set; }

    public long RecordsApplied { get; private set; }

    public List<DamagedRange> Damage { get; } = [];

    public List<string> LeftOut { get; } = [];

    public List<RecoveryFinding> Findings { get; } = [];

    public void Read()
    {
        Root = new SalvageRoot(files, Findings).Find();
        SalvageLog log = SalvageLog.Find(files, Root, Findings);
        // Those of a history that was left are not listed by ROOT, but lie there where it had to be guessed.
        Root = Root with { Checkpoints = Root.Checkpoints.Where(checkpoint => !log.Branches.IsLeft(checkpoint.End)).ToArray() };
        LoadCheckpoint();
        if (log.SegmentsLeft > 0)
            Findings.Add(new RecoveryFinding(FindingKind.HistoryLeft, FindingSeverity.Information, $"{log.SegmentsLeft} segments have nothing but a history that was left; nothing of them was salvaged."));
        if (CheckpointId is null && log.Segments.Count == 0)
            throw new StoreException(StoreError.CheckpointInvalid, "There is nothing to be salvaged: no checkpoint can be loaded, and no segment of the log can be read.");
        ReadLog(log);
        int unfinished = models.TakeUnfinished();
        if (unfinished > 0)
            LeftOut.Add($"{unfinished} transactions of several frames whose commits are not in what could be read.");
        Point = new FoundingPoint(_end, Lsn.Later(log.FreeLsn, _end.Lsn), Math.Max(log.GreatestSequence, 1), Math.Max(log.GreatestEpoch, 1), Root.NextCheckpointId);
    }

    private void LoadCheckpoint()
    {
        for (int i = Root.Checkpoints.Count - 1; i >= 0; i--)
        {
            if (CheckpointChains.To(Root.Checkpoints, i) is IReadOnlyList<RootCheckpoint> chain && TryLoad(chain))
                return;
        }

        models.Reset();
    }

    private bool TryLoad(IReadOnlyList<RootCheckpoint> chain)
    {
        models.Reset();
        ChainLoader loader = new(files, Root.StoreId, models);
        FrameLink link = default;
        foreach (RootCheckpoint checkpoint in chain)
        {
            progress?.Invoke(new RecoveryProgress(RecoveryPhase.LoadingCheckpoint, 0, 0, 0));
            try
            {
                link = loader.Load(checkpoint, isLast: checkpoint == chain[^1]);
            }
            catch (StoreException e) when (e.Error is StoreError.CheckpointInvalid or StoreError.StoreMismatch or StoreError.StorageFailed)
            {
                string path = CheckpointNames.Path(checkpoint);
                if (Damage.TrueForAll(range => range.File != path))
                    Damage.Add(new DamagedRange(path, e.Offset ?? 0, null, null, e.Message.TrimEnd('.'), IsNeeded: false));
                return false;
            }
        }

        CheckpointId = chain[^1].Id;
        ItemsLoaded = loader.Items;
        _redoFrom = chain[^1].RedoFrom;
        _end = new LogPosition(chain[^1].End, link);
        return true;
    }

    private void ReadLog(SalvageLog log)
    {
        Lsn expected = _redoFrom;
        if (CheckpointId is null && log.Segments[0].Header.PreviousSequence != 0)
            LeftOut.Add($"Everything that was committed before LSN {log.Segments[0].Header.FirstFrameLsn} and not since: neither a checkpoint that has it nor its log can be read.");
        for (int i = 0; i < log.Segments.Count; i++)
        {
            SalvagedSegment segment = log.Segments[i];
            NoteMissing(segment.Header, i == 0 ? null : log.Segments[i - 1].Header, expected);
            expected = Lsn.Later(expected, ReadSegment(log, segment));
        }

        foreach (SegmentInfo lost in log.Unreadable)
            Note(lost.Path, 0, null, null, lost.Unreadable?.Message ?? "its header is damaged, and it has no frame that could be read", isNeeded: true);
        if (log.IsActiveMissing)
            Note(SegmentNames.Path(Root.ActiveSequence), 0, Root.ActiveFirstLsn, null, "the active segment is missing", isNeeded: true);
    }

    /// <summary>Between two segments, or before the first, others are missing.</summary>
    private void NoteMissing(SegmentHeader header, SegmentHeader? before, Lsn expected)
    {
        if (header.PreviousSequence == 0 || header.PreviousSequence == before?.Sequence || header.PreviousEnd <= expected)
            return;
        Note(SegmentNames.Path(header.PreviousSequence), 0, expected, header.PreviousEnd, "the segment is missing, or cannot be read", isNeeded: header.PreviousEnd > _redoFrom);
    }

    /// <summary>Reads every valid frame of a segment, from whichever copy has it.</summary>
    /// <returns>Where what was read of it ends.</returns>
    private Lsn ReadSegment(SalvageLog log, SalvagedSegment segment)
    {
        using SegmentCopies copies = SegmentCopies.Open(files, segment, Findings);
        Lsn end = segment.Header.FirstFrameLsn;
        FrameLink? link = segment.IsHeaderGuessed ? null : segment.Header.PreviousLink;
        long limit = segment.Limit ?? segment.Header.SizeBytes;
        for (long offset = SegmentHeader.Bytes; offset < limit;)
        {
            if (copies.TryRead(offset, link, limit, Apply) is (long next, FrameLink last))
            {
                (offset, link) = (next, last);
                end = segment.Header.FirstLsn + offset;
                _end = end > _end.Lsn ? new LogPosition(end, last) : _end;
                continue;
            }

            FrameDefect defect = copies.Defect;
            if (copies.FindNext(offset, limit) is not (long further, FrameLink before))
            {
                NoteEnd(log, segment, copies, offset, defect);
                break;
            }

            // A frame that continues the last one shows that nothing was between them.
            if (link is null || before != link)
                Note(segment.Path, offset, segment.Header.FirstLsn + offset, segment.Header.FirstLsn + further, FrameDefects.Describe(defect), segment.Header.FirstLsn + further > _redoFrom);
            (offset, link) = (further, null);
        }

        return end;
    }

    private void NoteEnd(SalvageLog log, SalvagedSegment segment, SegmentCopies copies, long offset, FrameDefect defect)
    {
        Lsn at = segment.Header.FirstLsn + offset;
        if (segment.Limit is long limit)
            Note(segment.Path, offset, at, segment.Header.FirstLsn + limit, FrameDefects.Describe(defect), segment.Header.FirstLsn + limit > _redoFrom);
        else if (segment == log.Segments[^1] && !segment.IsHeaderGuessed && copies.Judge(offset, Root) is (TailKind kind, string why) && kind is TailKind.Damage)
            Note(segment.Path, offset, at, null, $"{FrameDefects.Describe(defect)}, and {why}", isNeeded: true);
        else if (segment != log.Segments[^1])
            Findings.Add(new RecoveryFinding(FindingKind.Damage, FindingSeverity.Warning, $"Nobody knows whether the log of '{segment.Path}' went on at LSN {at}: the segment that followed it is missing.") { File = segment.Path, Lsn = at });
    }

    private void Note(string file, long offset, Lsn? from, Lsn? to, string reason, bool isNeeded)
    {
        DamagedRange range = new(file, offset, from, to, reason, isNeeded);
        Damage.Add(range);
        if (isNeeded)
            LeftOut.Add($"What was committed in {range}");
    }

    private void Apply(in LogRecord record)
    {
        if (record.Lsn < _redoFrom)
            return;
        if (++_records % 0x1000 == 0)
            progress?.Invoke(new RecoveryProgress(RecoveryPhase.Replaying, 0, 0, _records));
        try
        {
            RecordsApplied += models.Apply(record, LeaveOut);
        }
        catch (StoreException e) when (e.Error == StoreError.MalformedData)
        {
            LeftOut.Add($"The transaction that was committed at LSN {record.Lsn}: not all of its records can be read.");
        }
    }

    private void LeaveOut(Lsn lsn, MalformedDataException reason) => LeftOut.Add($"The record at LSN {lsn}: it is intact, and cannot be applied. {reason.Message}");
}
