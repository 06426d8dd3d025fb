using Persistence.Configuration;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>A run of the unmodified engine on a simulated disk: what the disk was asked to do, and what was promised when.</summary>
internal sealed class RecordedRun
{
    private const int PipelinedMax = 3;

    private readonly ControlledScheduler _scheduler = null!;
    private readonly TraceRecorder _recorder = null!;

    /// <summary>One that was written down.</summary>
    public RecordedRun(RunPlan plan, RunStart start, RunHistory history, DiskTrace trace)
    {
        Plan = plan;
        Start = start;
        History = history;
        Trace = trace;
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

    public RunHistory History { get; private set; }

    public DiskTrace Trace { get; private set; } = null!;

    /// <summary>Whether the writers have ended: the store is being closed, or is closed.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>The stamp of this moment.</summary>
    public long Mark() => _recorder.Mark();

    /// <summary>Lets another thread go on, perhaps.</summary>
    public void Step() => _scheduler.Step();

    /// <summary>What was between the engine and the disk, or null.</summary>
    public Func<IFileSystem, IFileSystem>? Wrap { get; private init; }

    /// <summary>The stamp at which it began: it can be cut from there on.</summary>
    public long FirstCut { get; }

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
        scheduler.Run(() =>
        {
            List<Platform.IWorker> neighbours = [];
            run.RunWriters(
                SimulatedHost.Create(files, scheduler, clock, Mixer.Combine(plan.Seed, 1000 + start.Epoch), start.Boot),
                () => neighbours.AddRange((beside ?? []).Select((neighbour, number) => run.StartNeighbour(neighbour, number, files, clock))));
            Join(neighbours);
        });
        run.Trace = run._recorder.ToTrace();
        foreach (WriterHistory writer in run.History.Writers)
            writer.Complete();
        return run;
    }

    private void RunWriters(StoreHost host, Action whenOpen)
    {
        if (Start.IsNew)
            PersistenceStore.Create(host, Plan.Options);
        KeyValueState keyValue = new();
        using StoreSession session = new(PersistenceStore.Open(host, Plan.Options, [keyValue]), keyValue);
        if (!Start.IsNew)
            History = new RunHistory(Plan, FoundContents.Of(session.Store, keyValue, Plan.Operations.Count, withItems: true));
        History.OpenedAt = _recorder.Mark();
        whenOpen();
        List<Platform.IWorker> writers = [];
        for (int writer = 0; writer < Plan.Operations.Count; writer++)
        {
            int number = writer;
            writers.Add(_scheduler.Start($"writer {writer}", () => RunWriter(session, number)));
        }

        Join(writers);
        IsClosing = true;
        session.Store.Close();
        // A store that was closed keeps everything, whatever its mode.
        long closed = _recorder.Mark();
        PromiseEverythingBefore(closed, closed);
    }

    private Platform.IWorker StartNeighbour(Neighbour neighbour, int number, IFileSystem files, SimulatedClock clock)
    {
        SteppingFileSystem seen = new(files, _scheduler);
        StoreHost host = SimulatedHost.Create(seen, _scheduler, clock, Mixer.Combine(Plan.Seed, 2000 + number), Start.Boot);
        return _scheduler.Start($"neighbour {number}", () => neighbour.Run(this, host));
    }

    private static void Join(IEnumerable<Platform.IWorker> workers)
    {
        foreach (Platform.IWorker worker in workers)
            worker.Join();
    }

    private void RunWriter(StoreSession session, int number)
    {
        WriterHistory history = History.Writers[number];
        Queue<(int Operation, ValueTask<CommitResult> Task)> pipeline = [];
        for (int i = 0; i < history.Operations.Count; i++)
        {
            PlannedOperation operation = history.Operations[i];
            history.Begun[i] = _recorder.Mark();
            _scheduler.Step();
            if (operation.IsAsync)
#pragma warning disable CA2012 // It is asked whether it has completed until it has, then consumed once: whatever resumed it would be a thread of nobody's.
                Complete(i, () => pipeline.Enqueue((i, session.PerformAsync(operation))), returns: false);
#pragma warning restore CA2012
            else
                Complete(i, () => session.Perform(operation));
            while (pipeline.Count > (operation.IsAsync ? PipelinedMax : 0))
                Await();
        }

        while (pipeline.Count > 0)
            Await();

        void Await()
        {
            (int awaited, ValueTask<CommitResult> task) = pipeline.Dequeue();
            _scheduler.WaitUntil(() => task.IsCompleted);
            Complete(awaited, () => task.GetAwaiter().GetResult());
        }

        void Complete(int completed, Action work, bool returns = true)
        {
            try
            {
                work();
                if (returns)
                    NoteReturned(history, completed);
            }
            catch (StoreException e)
            {
                history.Fail(completed, isUnknown: !StoreSession.IsDefinite(e));
            }
        }
    }

    private void NoteReturned(WriterHistory history, int operation)
    {
        long stamp = _recorder.Mark();
        PlannedOperation done = history.Operations[operation];
        // Of what changes nothing there is nothing to lose: it may return before asynchronous commits that precede it.
        if (done.Writes.Count > 0 || done.Record is not null)
        {
            history.Returned[operation] = stamp;
            if (Plan.Options.Durability == DurabilityMode.Sync || done.AsksForSync)
                history.Promised[operation] = stamp;
        }

        if (Plan.Options.Durability != DurabilityMode.Sync && StoreSession.IsBarrier(done))
            PromiseEverythingBefore(history.Begun[operation], stamp);
    }

    /// <summary>A barrier promises whatever had come back when it began.</summary>
    private void PromiseEverythingBefore(long begun, long stamp)
    {
        foreach (WriterHistory writer in History.Writers)
        {
            for (int i = 0; i < writer.Returned.Length; i++)
            {
                if (writer.Returned[i] < begun)
                    writer.Promised[i] = Math.Min(writer.Promised[i], stamp);
            }
        }
    }
}
