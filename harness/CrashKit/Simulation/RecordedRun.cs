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

    private readonly RunPlan _plan;
    private readonly ControlledScheduler _scheduler;
    private readonly TraceRecorder _recorder;

    private RecordedRun(RunPlan plan, ControlledScheduler scheduler, TraceRecorder recorder, FoundContents before)
    {
        _plan = plan;
        _scheduler = scheduler;
        _recorder = recorder;
        History = new RunHistory(plan, before);
    }

    public RunHistory History { get; }

    public DiskTrace Trace { get; private set; } = null!;

    public RunPlan Plan => _plan;

    /// <summary>Runs a plan on a new store, whose creation is part of the trace.</summary>
    public static RecordedRun Record(RunPlan plan) => Record(plan, new SimulatedFileSystem(), boot: 0, FoundContents.Nothing(plan.Operations.Count));

    /// <summary>Runs a plan on a disk.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="disk">Empty, or with a store on it: then opening it is part of the trace.</param>
    /// <param name="boot">Which start of the machine this is.</param>
    /// <param name="before">What the store on it holds.</param>
    /// <param name="wrap">Puts something between the engine and the disk.</param>
    public static RecordedRun Record(RunPlan plan, SimulatedFileSystem disk, int boot, FoundContents before, Func<IFileSystem, IFileSystem>? wrap = null)
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(Mixer.Combine(plan.Seed, boot), clock);
        TraceRecorder recorder = disk.StartRecording(scheduler.Step);
        IFileSystem files = wrap?.Invoke(disk) ?? disk;
        RecordedRun run = new(plan, scheduler, recorder, before);
        scheduler.Run(() => run.RunWriters(SimulatedHost.Create(files, scheduler, clock, Mixer.Combine(plan.Seed, 1000 + boot), boot), isNew: boot == 0));
        run.Trace = recorder.ToTrace();
        foreach (WriterHistory writer in run.History.Writers)
            writer.Complete();
        return run;
    }

    private void RunWriters(StoreHost host, bool isNew)
    {
        if (isNew)
            PersistenceStore.Create(host, _plan.Options);
        KeyValueState keyValue = new();
        using StoreSession session = new(PersistenceStore.Open(host, _plan.Options, [keyValue]), keyValue);
        History.CreatedAt = _recorder.Mark();
        List<Platform.IWorker> writers = [];
        for (int writer = 0; writer < _plan.Operations.Count; writer++)
        {
            int number = writer;
            writers.Add(_scheduler.Start($"writer {writer}", () => RunWriter(session, number)));
        }

        foreach (Platform.IWorker writer in writers)
            writer.Join();
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
                pipeline.Enqueue((i, session.PerformAsync(operation)));
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

        void Complete(int completed, Action work)
        {
            try
            {
                work();
                NoteReturned(history, completed);
            }
            catch (StoreException e) when (!StoreSession.IsDefinite(e))
            {
                history.Fail(completed);
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
            if (_plan.Options.Durability == DurabilityMode.Sync || done.AsksForSync)
                history.Promised[operation] = stamp;
        }

        if (_plan.Options.Durability != DurabilityMode.Sync && StoreSession.IsBarrier(done))
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
