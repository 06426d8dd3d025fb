using Persistence.Compaction;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>A run of the unmodified engine on a simulated disk: what the disk was asked to do, and what was promised when.</summary>
internal sealed class RecordedRun
{
    private readonly ControlledScheduler _scheduler = null!;
    private readonly TraceRecorder _recorder = null!;
    private IReadOnlyList<CompactionReason> _compactions = [];

    /// <summary>One that somebody else carries out, or that was written down.</summary>
    public RecordedRun(RunPlan plan, RunStart start, RunHistory history)
    {
        Plan = plan;
        Start = start;
        History = history;
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

    /// <summary>Whether the writers have ended: the store is being closed, or is closed.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Whether the store is closed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Who followed the log, or null.</summary>
    public TailingNeighbour? Tail { get; private set; }

    /// <summary>What the store did beside its operations, since it was created.</summary>
    public UpkeepCounts Upkeep => UpkeepCounts.Of(Trace, _compactions);

    /// <summary>The stamp of this moment.</summary>
    public long Mark() => _recorder.Mark();

    /// <summary>Lets another thread go on, perhaps.</summary>
    public void Step() => _scheduler.Step();

    /// <summary>What was between the engine and the disk, or null.</summary>
    public Func<IFileSystem, IFileSystem>? Wrap { get; private init; }

    /// <summary>The stamp at which it began: it can be cut from there on.</summary>
    public long FirstCut { get; init; }

    /// <summary>By what a store is judged after a cut: until it was opened nobody had been told what it holds, so that what counts is what was promised before.</summary>
    public (RecordedRun Run, long Cut) WhoPromised(long cut) =>
        cut <= History.OpenedAt && Start.Before is (RecordedRun before, long earlier) ? before.WhoPromised(earlier) : (this, cut);

    /// <summary>Runs a plan on a new store, whose creation is part of the trace.</summary>
    public static RecordedRun Record(RunPlan plan) => Record(plan, RunStart.New);

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="start">On which disk.</param>
    /// <param name="wrap">Puts something between the engine and the disk.</param>
    /// <param name="beside">What other processes do from the moment the store is open.</param>
    public static RecordedRun Record(RunPlan plan, RunStart start, Func<IFileSystem, IFileSystem>? wrap = null, IReadOnlyList<Neighbour>? beside = null)
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(Mixer.Combine(plan.Seed, start.Epoch), clock);
        SimulatedFileSystem disk = start.MakeDisk(scheduler.Step);
        RecordedRun run = new(plan, start, scheduler, disk.Recorder!) { Wrap = wrap };
        IFileSystem files = wrap?.Invoke(disk) ?? disk;
        run.Tail = plan.HasTail ? new TailingNeighbour(comesAgain: false) : null;
        Neighbour[] neighbourhood = [.. beside ?? [], .. run.Tail is null ? [] : (Neighbour[])[run.Tail]];
        scheduler.Run(() =>
        {
            List<Platform.IWorker> neighbours = [];
            run.Run(
                SimulatedHost.Create(files, scheduler, clock, Mixer.Combine(plan.Seed, 1000 + start.Epoch), start.Boot),
                () => neighbours.AddRange(neighbourhood.Select((neighbour, number) => run.StartNeighbour(neighbour, number, files, clock))));
            foreach (Platform.IWorker neighbour in neighbours)
                neighbour.Join();
        });
        if (disk.OpenFiles.Count > 0)
            throw new SimulationException($"Files were left open: {string.Join(", ", disk.OpenFiles)}");
        run.Trace = run._recorder.ToTrace();
        foreach (WriterHistory writer in run.History.Writers)
            writer.Complete();
        if (run.Tail?.Judge(run.History) is string objection)
            throw new SimulationException(objection);
        run.Tail?.Promise();
        return run;
    }

    private void Run(StoreHost host, Action whenOpen)
    {
        if (Start.IsNew)
            PersistenceStore.Create(host, Plan.Options);
        WorkloadStates states = WorkloadStates.Of(Plan);
        using StoreSession session = new(PersistenceStore.Open(host, Plan.Options, states.All), states);
        if (!Start.IsNew)
            History = new RunHistory(Plan, FoundContents.Of(session.Store, states, Plan.Operations.Count, withItems: true));
        History.OpenedAt = _recorder.Mark();
        whenOpen();
        RunWriters writers = new(Plan, History, _recorder, _scheduler);
        writers.Run(session);
        _compactions = writers.Compactions;
        IsClosing = true;
        session.Store.Close();
        IsClosed = true;
        RequireNoFailure(session.Store, writers);
        // A store that was closed keeps everything, whatever its mode.
        long closed = _recorder.Mark();
        History.PromiseEverythingBefore(closed, closed);
    }

    /// <summary>The disk does whatever it is asked to: then every operation has to succeed, and so has the work in the background.</summary>
    private static void RequireNoFailure(PersistenceStore store, RunWriters writers)
    {
        StoreStatus status = store.GetStatus();
        if ((writers.Failures.FirstOrDefault() ?? status.Degraded ?? status.CompactionFailure ?? status.ArchiveFailure) is Exception failure)
            throw new SimulationException($"Something failed without a fault: {failure.Message}");
    }

    private Platform.IWorker StartNeighbour(Neighbour neighbour, int number, IFileSystem files, SimulatedClock clock)
    {
        SteppingFileSystem seen = new(files, _scheduler);
        StoreHost host = SimulatedHost.Create(seen, _scheduler, clock, Mixer.Combine(Plan.Seed, 2000 + number), Start.Boot);
        return _scheduler.Start($"neighbour {number}", () => neighbour.Run(this, host));
    }
}
