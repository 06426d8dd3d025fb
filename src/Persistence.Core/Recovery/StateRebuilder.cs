using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>
/// Carries out a plan's reading half: loads a checkpoint, replays the log into the models, finds where the log ends. Writes nothing.
/// </summary>
internal sealed class StateRebuilder
{
    private readonly IFileSystem _files;
    private readonly RootRecord _root;
    private readonly RecoveryMode _mode;
    private readonly StateModels _models;
    private readonly List<RecoveryFinding> _findings;
    private readonly Action<RecoveryProgress>? _progress;
    private long _items;
    private long _records;

    public StateRebuilder(
        IFileSystem files, RootRecord root, RecoveryMode mode, StateModels models, List<RecoveryFinding> findings, Action<RecoveryProgress>? progress)
    {
        _files = files;
        _root = root;
        _mode = mode;
        _models = models;
        _findings = findings;
        _progress = progress;
    }

    /// <summary>Tries the plan's starting points, best first.</summary>
    /// <exception cref="StoreException">None can be used, or the log is damaged.</exception>
    public RebuiltState Rebuild(RecoveryPlan plan)
    {
        StoreException? firstRefusal = null;
        foreach (StartingPoint point in plan.StartingPoints)
        {
            FrameLink? link = null;
            StoreException? refusal = point.Refusal is StoreException planned ? ReportUnusable(planned) : TryLoad(point, out link);
            if (refusal is null)
                return ReplayInstead(plan, point, link, firstRefusal);
            firstRefusal ??= refusal;
        }

        _models.Reset();
        throw firstRefusal!;
    }

    /// <summary>When the log is not whole from an older starting point on, what is reported is the checkpoint it was to stand in for.</summary>
    private RebuiltState ReplayInstead(RecoveryPlan plan, StartingPoint point, FrameLink? link, StoreException? firstRefusal)
    {
        try
        {
            return Replay(plan, point, link);
        }
        catch (StoreException e) when (firstRefusal is not null && e.Error is StoreError.ChecksumMismatch or StoreError.SequenceGap or StoreError.DurabilityLost)
        {
            throw new StoreException(firstRefusal!.Error, $"{firstRefusal.Message} Replaying the log from an earlier point cannot take its place: {e.Message}", e)
            { File = firstRefusal.File, Offset = firstRefusal.Offset, Position = firstRefusal.Position };
        }
    }

    private StoreException? TryLoad(StartingPoint point, out FrameLink? link)
    {
        _models.Reset();
        _items = 0;
        link = null;
        if (point.Checkpoint is null)
            return null;
        _progress?.Invoke(new RecoveryProgress(RecoveryPhase.LoadingCheckpoint, 0, 0, 0));
        string path = "";
        try
        {
            ChainLoader loader = new(_files, _root.StoreId, _models);
            foreach (RootCheckpoint checkpoint in point.Chain)
            {
                path = CheckpointNames.Path(checkpoint);
                link = loader.Load(checkpoint, isLast: checkpoint == point.Checkpoint);
            }

            _items = loader.Items;
            return null;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return ReportUnusable(new StoreException(StoreError.CheckpointInvalid, $"Checkpoint '{path}' is missing.", e) { File = path });
        }
        catch (StorageException e) when (e.Fault == StorageFault.Failed)
        {
            return ReportUnusable(new StoreException(StoreError.CheckpointInvalid, $"Checkpoint '{path}' cannot be read: {e.Message}", e) { File = path });
        }
        catch (StoreException e) when (e.Error == StoreError.CheckpointInvalid)
        {
            return ReportUnusable(e);
        }
    }

    private StoreException ReportUnusable(StoreException e)
    {
        _findings.Add(new RecoveryFinding(FindingKind.CheckpointInvalid, FindingSeverity.Error, e.Message) { File = e.File, Offset = e.Offset });
        return e;
    }

    private RebuiltState Replay(RecoveryPlan plan, StartingPoint point, FrameLink? link)
    {
        LogReplayer replayer = new(_files, plan.Root, _mode, _findings, Apply, _progress, plan.Target);
        LogEnd end = replayer.Replay(point, link);
        if (plan.Target is Lsn target && end.Kind != TailKind.Target)
            throw PastTheEnd(plan, target, end);
        NoteRolledBack(_models.TakeUnfinished(), end);
        ReplayCounts counts = new(_items, replayer.Frames, _records, point.Segments.Count, replayer.Bytes);
        return new RebuiltState(point, end, point.Segments[^1], counts) { LastTimestamp = replayer.LastTimestamp };
    }

    private UnreachableTargetException PastTheEnd(RecoveryPlan plan, Lsn target, LogEnd end)
    {
        bool isCurrent = plan.Path.Last == plan.Current.Last;
        Lsn to = isCurrent ? end.Position.Lsn : RecoveryPlan.ReachableTo(_root, plan.Current);
        return new UnreachableTargetException(
            StoreError.PositionNotInLog, target, RecoveryPlan.FindOldestState(_root, plan.Current), to, $"the {(isCurrent ? "log" : "history that was left")} ends at LSN {end.Position.Lsn}");
    }

    private void NoteRolledBack(int transactions, LogEnd end)
    {
        if (transactions > 0 && end.Kind == TailKind.Target)
            _findings.Add(new RecoveryFinding(FindingKind.TransactionRolledBack, FindingSeverity.Information, $"{transactions} transactions are left out: their commits lie beyond LSN {end.Position.Lsn}, or nowhere.") { Lsn = end.Position.Lsn });
        else if (transactions > 0)
            _findings.Add(new RecoveryFinding(FindingKind.TransactionRolledBack, FindingSeverity.Information, $"{transactions} transactions that a crash cut short were rolled back: the log, which ends at LSN {end.Position.Lsn}, has no commit of theirs.") { Lsn = end.Position.Lsn });
    }

    private void Apply(in LogRecord record)
    {
#if MUTANTS
        if (Mutants.Is(Mutants.CheckpointLsnOffByOne) && record.Lsn == _models.FindLoaded(record.Type.Model) + FrameHeader.Bytes)
            return;
#endif
        try
        {
            _records += _models.Apply(record);
        }
        catch (MalformedDataException e)
        {
            throw new StoreException(StoreError.MalformedData, $"The record at {record.Lsn} is intact and its payload is malformed.", e) { Position = record.Lsn.Value };
        }
    }
}
