using System.Globalization;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>
/// A run of the unmodified engine on a disk that fills up: it is written to, the disk becomes small, writes are refused, deletes go on, a checkpoint (or somebody else) gives back space,
/// writes go on, and the store is closed. What the process sees is judged here; what the disk holds, from the trace.
/// </summary>
internal sealed class FullDiskRun
{
    private const string Ballast = "wal/ballast";

    private readonly FullDiskPlan _plan;
    private readonly SimulatedFileSystem _disk;
    private readonly TraceRecorder _recorder;
    private readonly ControlledScheduler _scheduler;

    private FullDiskRun(FullDiskPlan plan, SimulatedFileSystem disk, ControlledScheduler scheduler)
    {
        _plan = plan;
        _disk = disk;
        _recorder = disk.Recorder!;
        _scheduler = scheduler;
        Run = new RecordedRun(plan.Run, RunStart.New, new RunHistory(plan.Run, FoundContents.Nothing(plan.Run.Operations.Count))) { FirstCut = _recorder.Mark() };
    }

    public RecordedRun Run { get; }

    /// <summary>What the engine did that it must not, or null.</summary>
    public string? Objection { get; private set; }

    /// <summary>The stamp at which the disk became small.</summary>
    public long SmallAt { get; private set; }

    /// <summary>How many bytes fit on the disk from then on.</summary>
    public long CapacityBytes { get; private set; }

    /// <summary>Writes that were refused for want of space.</summary>
    public int Refused { get; private set; }

    /// <summary>Commits that only remove, acknowledged while the store said that the disk is full.</summary>
    public int RemovedWhileFull { get; private set; }

    /// <summary>Whether they took space from the reserve.</summary>
    public bool HasUsedReserve { get; private set; }

    /// <summary>Checkpoints taken while the store said that the disk is full.</summary>
    public int CheckpointsWhileFull { get; private set; }

    /// <summary>Whether writes went on afterwards, and the store said so.</summary>
    public bool HasReturned { get; private set; }

    public static FullDiskRun Perform(FullDiskPlan plan, Func<IFileSystem, IFileSystem>? wrap = null)
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(plan.Run.Seed, clock);
        SimulatedFileSystem disk = RunStart.New.MakeDisk(scheduler.Step);
        FullDiskRun run = new(plan, disk, scheduler);
        try
        {
            scheduler.Run(() => run.Live(SimulatedHost.Create(wrap?.Invoke(disk) ?? disk, scheduler, clock, Mixer.Combine(plan.Run.Seed, 1000), boot: 0)));
            if (disk.OpenFiles.Count > 0)
                run.Object($"files were left open: {string.Join(", ", disk.OpenFiles)}");
        }
#pragma warning disable CA1031 // No other exception may reach a caller: whatever it is, it is the run's outcome.
        catch (Exception e)
        {
            run.Object($"something that is no StoreException got out: {e}");
        }
#pragma warning restore CA1031

        run.Run.Trace = run._recorder.ToTrace();
        run.Complete();
        return run;
    }

    private void Live(StoreHost host)
    {
        PersistenceStore.Create(host, _plan.Run.Options);
        WorkloadStates states = WorkloadStates.Of(_plan.Run);
        using StoreSession session = new(PersistenceStore.Open(host, _plan.Run.Options, states.All), states);
        Run.History.OpenedAt = _recorder.Mark();
        RequireNone("while there was space", Do(session, 0, FullDiskPlan.WrittenEnd));
        Fill(session);
        if (session.Store.GetStatus().FullSince is not null)
        {
            Remove(session);
            GiveBack(session);
        }

        Judge(session);
        if (session.Store.GetStatus().Fault is Exception fault)
            Object($"a full disk stopped the store: {fault.Message}");
        session.Store.Close();
        long closed = _recorder.Mark();
        Run.History.PromiseEverythingBefore(closed, closed);
    }

    /// <summary>From here on nothing is free but the slack, and what is held.</summary>
    private void Fill(StoreSession session)
    {
        CapacityBytes = _disk.CapacityBytes - _disk.GetFreeBytes() + _plan.SlackBytes;
        _disk.CapacityBytes = CapacityBytes;
        SmallAt = _recorder.Mark();
        foreach (StoreException failure in Do(session, FullDiskPlan.WrittenEnd, FullDiskPlan.FilledEnd))
        {
            if (failure.Error != StoreError.DiskFull)
                Object($"a write on a full disk was answered with {failure.Error}: {failure.Message}");
            Refused++;
        }

        if (Refused == 0)
            return;
        Judge(session);
    }

    private void Remove(StoreSession session)
    {
        long before = BallastBytes;
        bool isRequired = _plan.IsReserveTheirs && before == _plan.Run.Options.ReserveBallastBytes;
        List<StoreException> failures = Do(session, FullDiskPlan.FilledEnd, FullDiskPlan.RemovedEnd);
        if (isRequired)
            RequireNone("though it only removes and the reserve is whole", failures);
        if (session.Store.GetStatus().FullSince is null)
            return;
        RemovedWhileFull = (Run.History.Writers.Count * (FullDiskPlan.RemovedEnd - FullDiskPlan.FilledEnd)) - failures.Count;
        HasUsedReserve = BallastBytes < before;
        Judge(session);
    }

    /// <summary>Once there is space for the reserve and a segment, and as soon as there is, the same store goes on.</summary>
    private void GiveBack(StoreSession session)
    {
        if (_plan.IsFreedByOthers)
            _disk.CapacityBytes = long.MaxValue;
        bool wasFull = session.Store.GetStatus().FullSince is not null;
        List<StoreException> failures = Do(session, FullDiskPlan.RemovedEnd, FullDiskPlan.CheckpointedEnd);
        RequireNone("though the reserve is larger than the states", failures);
        CheckpointsWhileFull = wasFull && !_plan.IsFreedByOthers ? FullDiskPlan.CheckpointedEnd - FullDiskPlan.RemovedEnd - failures.Count : 0;
        long owed = _plan.Run.Options.ReserveBallastBytes - BallastBytes;
        bool isRequired = _plan.IsReserveTheirs && _disk.GetFreeBytes() >= owed + _plan.Run.Options.SegmentBytes;
        failures = Do(session, FullDiskPlan.CheckpointedEnd, FullDiskPlan.End);
        if (isRequired)
            RequireNone(string.Create(CultureInfo.InvariantCulture, $"though there was space again for a segment and the {owed} bytes owed to the reserve"), failures);
        HasReturned = failures.Count == 0 && session.Store.GetStatus().FullSince is null;
    }

    /// <summary>Of each writer at most one operation fails: the rest of the stage is left undone.</summary>
    private List<StoreException> Do(StoreSession session, int first, int end)
    {
        RunWriters writers = new(_plan.Run, Run.History, _recorder, _scheduler) { FailuresMax = 1 };
        writers.Run(session, first, end);
        return writers.Failures;
    }

    /// <summary>Nothing that was acknowledged has gone from the state of the open store.</summary>
    private void Judge(StoreSession session)
    {
        Complete();
        if (Run.History.JudgeOpen(FoundContents.OfItems(session.States, _plan.Run.Operations.Count), _recorder.Mark()) is string message)
            Object($"while open: {message}");
    }

    private long BallastBytes
    {
        get
        {
            if (!_disk.List("wal").Any(entry => $"wal/{entry.Name}" == Ballast))
                return 0;
            using IFile file = _disk.Open(Ballast, FileIntent.Read);
            return file.GetLength();
        }
    }

    private void Complete()
    {
        foreach (WriterHistory writer in Run.History.Writers)
            writer.Complete();
    }

    private void RequireNone(string what, List<StoreException> failures)
    {
        if (failures.Count > 0)
            Object($"an operation failed {what}: {failures[0].Error}: {failures[0].Message}");
    }

    private void Object(string message) => Objection ??= message;
}
