using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>A run of the unmodified engine on a simulated disk: what the disk was asked to do, and what was promised when.</summary>
internal sealed class RecordedRun
{
    private readonly ControlledScheduler _scheduler;
    private readonly TraceRecorder _recorder;

    /// <summary>One that somebody else carries out.</summary>
    public RecordedRun(RunPlan plan, RunStart start, RunHistory history)
    {
        Plan = plan;
        Start = start;
        History = history;
        _scheduler = null!;
        _recorder = null!;
    }

    private RecordedRun(RunPlan plan, RunStart start, ControlledScheduler scheduler, TraceRecorder recorder)
    {
        Plan = plan;
        Start = start;
        _scheduler = scheduler;
        _recorder = recorder;
        FirstCut = recorder.Mark();
        History = new RunHistory(plan, FoundContents.Nothing(plan.Operations.Count));
    }

    public RunPlan Plan { get; }

    public RunStart Start { get; }

    public RunHistory History { get; set; }

    public DiskTrace Trace { get; set; } = null!;

    /// <summary>The stamp at which it began: it can be cut from there on.</summary>
    public long FirstCut { get; init; }

    /// <summary>Runs a plan on a new store, whose creation is part of the trace.</summary>
    public static RecordedRun Record(RunPlan plan) => Record(plan, RunStart.New);

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="start">On which disk.</param>
    /// <param name="wrap">Puts something between the engine and the disk.</param>
    public static RecordedRun Record(RunPlan plan, RunStart start, Func<IFileSystem, IFileSystem>? wrap = null)
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(Mixer.Combine(plan.Seed, start.Epoch), clock);
        SimulatedFileSystem disk = start.MakeDisk(scheduler.Step);
        RecordedRun run = new(plan, start, scheduler, disk.Recorder!);
        IFileSystem files = wrap?.Invoke(disk) ?? disk;
        scheduler.Run(() => run.RunWriters(SimulatedHost.Create(files, scheduler, clock, Mixer.Combine(plan.Seed, 1000 + start.Epoch), start.Boot)));
        run.Trace = run._recorder.ToTrace();
        foreach (WriterHistory writer in run.History.Writers)
            writer.Complete();
        return run;
    }

    private void RunWriters(StoreHost host)
    {
        if (Start.IsNew)
            PersistenceStore.Create(host, Plan.Options);
        KeyValueState keyValue = new();
        using StoreSession session = new(PersistenceStore.Open(host, Plan.Options, [keyValue]), keyValue);
        if (!Start.IsNew)
            History = new RunHistory(Plan, FoundContents.Of(session.Store, keyValue, Plan.Operations.Count, withItems: true));
        History.OpenedAt = _recorder.Mark();
        new RunWriters(Plan, History, _recorder, _scheduler).Run(session);
    }
}
