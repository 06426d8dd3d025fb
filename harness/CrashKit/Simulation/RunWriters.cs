using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.State;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>The writers of a simulated run: each on a thread of its own, noting what it begins, what comes back and what is promised.</summary>
internal sealed class RunWriters
{
    private const int PipelinedMax = 3;

    private readonly RunPlan _plan;
    private readonly RunHistory _history;
    private readonly TraceRecorder _recorder;
    private readonly ControlledScheduler _scheduler;
    private CompactionReport? _lastCompaction;

    public RunWriters(RunPlan plan, RunHistory history, TraceRecorder recorder, ControlledScheduler scheduler)
    {
        _plan = plan;
        _history = history;
        _recorder = recorder;
        _scheduler = scheduler;
    }

    /// <summary>After so many failures a writer leaves the rest of its operations undone.</summary>
    public int FailuresMax { get; init; } = int.MaxValue;

    /// <summary>What failed, in the order in which it did.</summary>
    public List<StoreException> Failures { get; } = [];

    /// <summary>Why the store was compacted, each time that was seen.</summary>
    public List<CompactionReason> Compactions { get; } = [];

    /// <summary>The first operation that was acknowledged though the store had stopped for good before it was begun, or null.</summary>
    public string? AcknowledgedAfterFault { get; private set; }

    /// <summary>Carries out each writer's operations.</summary>
    /// <param name="session">The store.</param>
    /// <param name="first">Which of them comes first.</param>
    /// <param name="end">Before which they end.</param>
    public void Run(StoreSession session, int first = 0, int end = int.MaxValue)
    {
        List<Platform.IWorker> writers = [];
        for (int writer = 0; writer < _plan.Operations.Count; writer++)
        {
            WriterHistory history = _history.Writers[writer];
            writers.Add(_scheduler.Start($"writer {writer}", () => RunWriter(session, history, first, Math.Min(end, history.Operations.Count))));
        }

        foreach (Platform.IWorker writer in writers)
            writer.Join();
        Look(session);
    }

    private StoreStatus Look(StoreSession session)
    {
        StoreStatus status = session.Store.GetStatus();
        if (status.LastCompaction is CompactionReport report && report != _lastCompaction)
        {
            _lastCompaction = report;
            Compactions.Add(report.Reason);
        }

        return status;
    }

    private void RunWriter(StoreSession session, WriterHistory history, int first, int end)
    {
        int failures = 0;
        Queue<(int Operation, bool WasFaulted, EntityTurn? Turn, ValueTask<CommitResult> Task)> pipeline = [];
        for (int i = first; i < end; i++)
        {
            PlannedOperation operation = history.Operations[i];
            history.Begun[i] = _recorder.Mark();
            // Who does not know what there is can tell neither what it is to read nor what is to be refused.
            bool dependsOnDoubt = history.Entities.IsInDoubt && operation.Entities is not null && operation.Kind is OperationKind.Transaction or OperationKind.Rollback or OperationKind.Schema;
            if (failures >= FailuresMax || dependsOnDoubt)
            {
                history.Fail(i, isUnknown: false);
                continue;
            }

            _scheduler.Step();
            bool wasFaulted = Look(session).Fault is not null;
            // What a transaction is to see, and what is to be refused, depends on what is under way.
            while (operation.Entities is not null && !operation.IsAsync && pipeline.Count > 0)
                Await();
            EntityTurn? turn = history.Entities.Begin(operation);
            if (operation.IsAsync)
                Complete(i, wasFaulted, () => Begin(i, wasFaulted, operation, turn), turn, returns: false);
            else
                Complete(i, wasFaulted, () => Perform(session, history, operation, turn), turn);
            while (pipeline.Count > (operation.IsAsync ? PipelinedMax : 0))
                Await();
        }

        while (pipeline.Count > 0)
            Await();

        void Await()
        {
            (int awaited, bool wasFaulted, EntityTurn? turn, ValueTask<CommitResult> task) = pipeline.Dequeue();
            _scheduler.WaitUntil(() => task.IsCompleted);
            Complete(awaited, wasFaulted, () => task.GetAwaiter().GetResult(), turn);
        }

        CommitResult? Begin(int begun, bool wasFaulted, PlannedOperation operation, EntityTurn? turn)
        {
#pragma warning disable CA2012 // It is asked whether it has completed until it has, then consumed once: whatever resumed it would be a thread of nobody's.
            ValueTask<CommitResult> task = session.PerformAsync(operation, turn);
#pragma warning restore CA2012
            // What is refused at once is not under way.
            bool isUnderWay = turn is not null && !task.IsFaulted;
            if (isUnderWay)
                Accept(history, turn!, committed: null);
            pipeline.Enqueue((begun, wasFaulted, isUnderWay ? turn : null, task));
            return null;
        }

        void Complete(int completed, bool wasFaulted, Func<CommitResult?> work, EntityTurn? turn, bool returns = true)
        {
            try
            {
                CommitResult? committed = work();
                if (!returns)
                    return;
                history.Committed[completed] = committed;
                NoteReturned(history, completed, wasFaulted);
            }
            catch (StoreException e) when (turn is not null && StoreSession.IsConflict(e))
            {
                history.Fail(completed, isUnknown: false);
                Note(EntityDeeds.Conflict);
            }
            catch (StoreException e)
            {
                failures++;
                Failures.Add(e);
                history.Fail(completed, isUnknown: !StoreSession.IsDefinite(e));
                if (turn is not null && e.Error == StoreError.StoreFaulted)
                    history.Entities.Withdraw(turn);
            }
            finally
            {
                history.Created[completed] ??= turn?.Created;
                history.Logged[completed] ??= turn?.Logged;
            }
        }
    }

    private CommitResult? Perform(StoreSession session, WriterHistory history, PlannedOperation operation, EntityTurn? turn)
    {
        CommitResult? committed = session.Perform(operation, turn);
        if (turn is not null)
            Accept(history, turn, committed);
        return committed;
    }

    private void Accept(WriterHistory history, EntityTurn turn, CommitResult? committed)
    {
        history.Entities.Accept(turn);
        foreach (string deed in EntityDeeds.Of(turn, committed, _plan.Options.FrameBytesMax))
            Note(deed);
    }

    private void Note(string deed) => _history.EntityDeeds[deed] = _history.EntityDeeds.GetValueOrDefault(deed) + 1;

    private void NoteReturned(WriterHistory history, int operation, bool wasFaulted)
    {
        long stamp = _recorder.Mark();
        PlannedOperation done = history.Operations[operation];
        // A deletion of what is not there changes nothing, and a rotation is a wish.
        if (wasFaulted && (done.Record is not null || (done.Entities is not null && done.ChangesState) || done.Writes.Any(write => write.Value is not null) || done.Kind is OperationKind.Flush or OperationKind.Checkpoint))
            AcknowledgedAfterFault ??= $"{done.Kind} (operation {operation}) was acknowledged by a store that had stopped for good";

        // Of what changes nothing there is nothing to lose: it may return before asynchronous commits that precede it.
        if (done.ChangesState)
        {
            history.Returned[operation] = stamp;
            if (_plan.Options.Durability == DurabilityMode.Sync || done.AsksForSync)
                history.Promised[operation] = stamp;
        }

        if (_plan.Options.Durability != DurabilityMode.Sync && StoreSession.IsBarrier(done))
            _history.PromiseEverythingBefore(history.Begun[operation], stamp);
    }
}
