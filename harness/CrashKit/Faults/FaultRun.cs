using Persistence.Compaction;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>
/// A run of the unmodified engine on a disk that fails once or from some operation on: it is created (or recovered from what a crash left), opened,
/// written to, used further, closed, and, the cause being gone, opened, written to and closed again. Whatever the process sees meanwhile is judged
/// here; what the disk holds, from the trace.
/// </summary>
internal sealed class FaultRun
{
    /// <summary>How many of each writer's operations are kept for when the cause is gone.</summary>
    private const int OperationsKept = 1;

    private const int WriterFailuresMax = 2;
    private const int OpeningsMax = 4;

    private readonly RunPlan _plan;
    private readonly FaultPoint? _point;
    private readonly ControlledScheduler _scheduler;
    private readonly TraceRecorder _recorder;
    private readonly FaultyDisk _disk;
    private readonly List<CompactionReason> _compactions = [];
    private int _belated;

    private FaultRun(RunPlan plan, RunStart start, FaultPoint? point, ControlledScheduler scheduler, SimulatedFileSystem disk, SimulatedClock clock)
    {
        _plan = plan;
        _point = point;
        _scheduler = scheduler;
        _recorder = disk.Recorder!;
        _disk = new FaultyDisk(disk, clock, point);
        Run = new RecordedRun(plan, start, new RunHistory(plan, FoundContents.Nothing(plan.Operations.Count))) { FirstCut = _recorder.Mark() };
        // What was staged while a sync was failing fails with it.
        bool mayFailLater = point is not null && FaultKinds.IsSync(point.Operation.Kind) && WorkloadMix.Require(plan.Workload).WritesFiles;
        // A sync that fails for what came before it, and a handle that hears of it later.
        _belated = mayFailLater || point?.Kind is FaultKind.SyncForgottenHeardLater or FaultKind.SyncReportedLate ? 1 : 0;
    }

    /// <summary>What was done to the disk and what was promised, as far as it went.</summary>
    public RecordedRun Run { get; }

    /// <summary>What was done once the store was opened again; null where it did not come to that.</summary>
    public RecordedRun? Again { get; private set; }

    public FaultyDisk Disk => _disk;

    /// <summary>What the engine did that it must not, or null.</summary>
    public string? Objection { get; private set; }

    /// <summary>Whether the store stopped accepting changes.</summary>
    public bool IsPoisoned { get; private set; }

    /// <summary>Whether operations failed, the store went on, and did everything again once the cause was gone.</summary>
    public bool HasRecovered { get; private set; }

    /// <summary>Whether work in the background failed and was reported.</summary>
    public bool IsDegraded { get; private set; }

    /// <summary>How often the store could not be created or opened.</summary>
    public int Refusals { get; private set; }

    /// <summary>What the store did beside its operations.</summary>
    public UpkeepCounts Upkeep => UpkeepCounts.Of(Run.Trace, _compactions);

    /// <summary>How often damage was reported.</summary>
    public int Reports { get; private set; }

    /// <summary>The stamp at which the store that met the fault was closed.</summary>
    public long ClosedAt { get; private set; } = long.MaxValue;

    /// <summary>The stamp from which on a clean close after the fault says how far the log has to reach.</summary>
    public long ProvenAt { get; private set; } = long.MaxValue;

    /// <summary>Carries it out.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="start">On which disk.</param>
    /// <param name="point">What fails; null for nothing.</param>
    /// <param name="wrap">Puts something more between the engine and the disk, or null.</param>
    public static FaultRun Perform(RunPlan plan, RunStart start, FaultPoint? point, Func<IFileSystem, IFileSystem>? wrap = null)
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(Mixer.Combine(plan.Seed, start.Epoch), clock);
        SimulatedFileSystem disk = start.MakeDisk(scheduler.Step);
        FaultRun run = new(plan, start, point, scheduler, disk, clock);
        IFileSystem files = wrap?.Invoke(run._disk.Files) ?? run._disk.Files;
        try
        {
            scheduler.Run(() => run.Live(SimulatedHost.Create(files, scheduler, clock, Mixer.Combine(plan.Seed, 1000 + start.Epoch), start.Boot)));
            if (disk.OpenFiles.Count > 0)
                run.Object($"files were left open: {string.Join(", ", disk.OpenFiles)}");
        }
        catch (GivenUpException)
        {
            // What the disk holds is judged all the same.
        }
#pragma warning disable CA1031 // No other exception may reach a caller: whatever it is, it is the run's outcome.
        catch (Exception e)
        {
            run.Object($"something that is no StoreException got out: {e}");
        }
#pragma warning restore CA1031

        foreach (RecordedRun part in run.Parts)
        {
            part.Trace = run._recorder.ToTrace();
            Complete(part.History);
        }

        return run;
    }

    /// <summary>The part of it that decides what a cut may leave.</summary>
    public RecordedRun PartAt(long cut) => Again is not null && cut > Again.FirstCut ? Again : Run;

    private bool Lies => _point is { Lies: true } && _disk.Fired > 0;

    private IEnumerable<RecordedRun> Parts => Again is null ? [Run] : [Run, Again];

    private void Live(StoreHost host)
    {
        RunStart start = Run.Start;
        if (start.IsNew)
            Create(host);
        _disk.Phase = start.IsNew ? FaultPhase.Opening : FaultPhase.Recovery;
        StoreSession session = Open(host);
        if (start.Before is (RecordedRun before, long cut))
            BeginAfter(session, before, cut);
        Run.History.OpenedAt = _recorder.Mark();
        Work(session);
        Close(session, Run.History);
        ClosedAt = _recorder.Mark();
        if (_point is { IsLasting: true, EndsWhileOpen: true })
            _disk.Heal();
        _disk.Phase = FaultPhase.Reopening;
        for (int opening = 0; opening < OpeningsMax && !Reopen(host) && Objection is null; opening++)
        {
        }
    }

    private void Create(StoreHost host) => Insist("creating the store", () =>
    {
        try
        {
            PersistenceStore.Create(host, _plan.Options);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreExists && Refusals > 0)
        {
            // The first attempt had come far enough.
        }

        return true;
    });

    private StoreSession Open(StoreHost host) => Insist("opening the store", () =>
    {
        WorkloadStates states = WorkloadStates.Of(_plan);
        return new StoreSession(PersistenceStore.Open(host, _plan.Options, states.All), states);
    });

    /// <summary>What the crashed run had promised is there; from here on what was found counts.</summary>
    private void BeginAfter(StoreSession session, RecordedRun before, long cut)
    {
        FoundContents found = Read(session);
        // Until it was opened nobody had been told what it holds: what counts is what was promised before.
        while (cut <= before.History.OpenedAt && before.Start.Before is (RecordedRun earlier, long earlierCut))
            (before, cut) = (earlier, earlierCut);
        if (FaultJudge.Judge(before.History, found, cut, _point, this, session.Store.RecoveryReport, _disk.Unharmed, now: _recorder.Mark()) is string message)
            Object($"recovered: {message}");
        if (Lies && !FaultJudge.IsWhole(before.History, found, cut, session.Store.RecoveryReport))
        {
            Close(session);
            throw new GivenUpException();
        }

        Run.History = new RunHistory(_plan, found, before.History);
    }

    private FoundContents Read(StoreSession session) => Lies
        ? FaultJudge.ReadAfterLie(session.Store, session.States, _plan.Operations.Count)
        : Insist("reading the store", () => FoundContents.Of(session.Store, session.States, _plan.Operations.Count, withItems: true));

    private void Work(StoreSession session)
    {
        _disk.Phase = FaultPhase.Work;
        int kept = _plan.Operations[0].Count - OperationsKept;
        RunWriters writers = new(_plan, Run.History, _recorder, _scheduler) { FailuresMax = WriterFailuresMax };
        writers.Run(session, 0, kept);
        Explain(writers.Failures.FirstOrDefault());
        JudgeOpen(session);
        bool isHealed = _point is { IsLasting: true, EndsWhileOpen: true };
        if (isHealed)
            _disk.Heal();
        IsDegraded = session.Store.GetStatus().Degraded is not null;
        int before = writers.Failures.Count;
        bool wasPoisoned = session.Store.GetStatus().Fault is not null;
        bool isOver = _disk.IsOver;
        int fired = _disk.Fired;
        writers.Run(session, kept);
        _compactions.AddRange(writers.Compactions);
        JudgeOpen(session);
        IsPoisoned = session.Store.GetStatus().Fault is not null;
        bool failed = writers.Failures.Count > before;
        // What had fired before may stop the store a moment after it was looked at.
        bool stoppedSince = failed && IsPoisoned && fired > 0 && writers.Failures[before].Error == StoreError.StoreFaulted;
        Explain(writers.Failures.FirstOrDefault());
        if (wasPoisoned)
            RequireStopped(session, writers.Failures.Skip(before));
        else if (failed && !stoppedSince && fired == _disk.Fired && (isOver || _disk.Fired == 0) && !IsPardoned())
            Object($"the cause was gone, and still an operation failed: {writers.Failures[before].Message}");
        else if (before > 0 && !failed && isOver)
            HasRecovered = true;
        if (writers.AcknowledgedAfterFault is string acknowledged)
            Object(acknowledged);
        if (IsPoisoned && _disk.Fired == 0)
            Object($"the store stopped for no reason: {session.Store.GetStatus().Fault}");
        if (_disk.Fired == 0 && session.Store.GetStatus().Degraded is Exception degraded)
            Object($"work in the background failed without a fault: {degraded.Message}");
    }

    /// <summary>Nothing that was acknowledged has gone from the state of a store that is open, stopped or not.</summary>
    private void JudgeOpen(StoreSession session)
    {
        Complete(Run.History);
        if (ReadOpen(session) is FoundContents found && Run.History.JudgeOpen(found, _recorder.Mark()) is string message)
            Object($"while open: {message}");
    }

    /// <summary>What an open store has; null where a fault keeps it from being read, since files are on the disk.</summary>
    private FoundContents? ReadOpen(StoreSession session)
    {
        int fired = _disk.Fired;
        bool isActive = _disk.IsActive;
        try
        {
            return FoundContents.OfItems(session.States, _plan.Operations.Count);
        }
        catch (StoreException e)
        {
            if (!isActive && _disk.Fired == fired && !IsPardoned())
                Object($"a file of the open store could not be read, and no fault was the cause: {e.Error}: {e.Message}");
            return null;
        }
    }

    private void RequireStopped(StoreSession session, IEnumerable<StoreException> failures)
    {
        foreach (StoreException failure in failures.Where(failure => failure.Error != StoreError.StoreFaulted))
            Object($"a store that had stopped answered {failure.Error}: {failure.Message}");
        foreach ((string name, Action change) in (ReadOnlySpan<(string, Action)>)[
            ("a write", () => session.KeyValue.Set("after the fault", ValueText.Encode("x"))), ("a flush", session.Store.Flush), ("a checkpoint", () => session.Store.TakeCheckpoint())])
        {
            try
            {
                change();
                Object($"{name} was acknowledged by a store that had stopped for good");
            }
            catch (StoreException e) when (e.Error == StoreError.StoreFaulted)
            {
                // As it must be.
            }
        }
    }

    /// <param name="session">The store.</param>
    /// <param name="done">What was done since it was opened, if anything was.</param>
    private void Close(StoreSession session, RunHistory? done = null)
    {
        if (_disk.Phase == FaultPhase.Work)
            _disk.Phase = FaultPhase.Close;
        int fired = _disk.Fired;
        try
        {
            session.Store.Close();
            // It says that all of that is durable, whatever the store's mode and whatever had failed before.
            long closed = _recorder.Mark();
            done?.PromiseEverythingBefore(closed, closed);
            if (_disk.FiredIn is FaultPhase.Creation or FaultPhase.Opening or FaultPhase.Recovery or FaultPhase.Work)
                ProvenAt = Math.Min(ProvenAt, closed);
        }
        catch (StoreException e)
        {
            Explain(e);
            bool isPoisoned = session.Store.GetStatus().Fault is not null;
            if (!isPoisoned && fired == _disk.Fired && !_disk.IsActive && !IsPardoned())
                Object($"closing failed for no reason: {e.Message}");
        }
    }

    /// <summary>Opens the store again, judges it, the first time writes to it, closes it.</summary>
    /// <returns>Whether there is nothing more to be seen.</returns>
    private bool Reopen(StoreHost host)
    {
        int fired = _disk.Fired;
        long begun = _recorder.Mark();
        StoreSession session = Open(host);
        FoundContents found = Read(session);
        RecordedRun part = Again ?? Run;
        Complete(part.History);
        RecoveryReport report = session.Store.RecoveryReport;
        Reports += FaultJudge.ReportsDamage(report) ? 1 : 0;
        if (FaultJudge.Judge(part.History, found, _recorder.Mark(), _point, this, report, _disk.Unharmed) is string message)
            Object($"opened again: {message}");
        bool isFirst = Again is null;
        bool isBaseline = !Lies || FaultJudge.IsWhole(part.History, found, _recorder.Mark(), report);
        List<StoreException> failures = isFirst && isBaseline ? Append(session, found, begun) : [];
        if (failures.Count > 0 && fired == _disk.Fired && !_disk.IsActive && !IsPardoned())
            Object($"the cause was gone and the store opened again, and still an operation failed: {failures[0].Message}");
        Explain(failures.FirstOrDefault());
        Close(session, isFirst ? Again?.History : null);
        bool isQuiet = !isFirst && fired == _disk.Fired && failures.Count == 0 && !_disk.IsActive;
        _disk.Heal();
        return isQuiet || Again is null;
    }

    /// <summary>From here on what was found counts, and each writer does one thing more.</summary>
    private List<StoreException> Append(StoreSession session, FoundContents found, long begun)
    {
        RunPlan plan = _plan.Again(Run.Start.Epoch + 1, _plan.Operations.Count);
        Again = new RecordedRun(plan, RunStart.OnSameDisk(Run, begun), new RunHistory(plan, found, Run.History)) { FirstCut = begun };
        Again.History.OpenedAt = _recorder.Mark();
        RunWriters writers = new(plan, Again.History, _recorder, _scheduler);
        writers.Run(session);
        return writers.Failures;
    }

    private static void Complete(RunHistory history)
    {
        foreach (WriterHistory writer in history.Writers)
            writer.Complete();
    }

    /// <summary>Does what the fault may make fail; the cause being gone, it has to succeed.</summary>
    private T Insist<T>(string what, Func<T> work)
    {
        while (true)
        {
            int fired = _disk.Fired;
            bool isActive = _disk.IsActive;
            try
            {
                return work();
            }
            catch (StoreException e)
            {
                Refusals++;
                Explain(e);
                bool isCaused = isActive || _disk.Fired > fired || _disk.IsActive;
                if (!isCaused && Lies)
                {
                    Reports++;
                    throw new GivenUpException();
                }

                if (!isCaused && !IsPardoned())
                {
                    Object($"{what} failed, and no fault was the cause: {e.Error}: {e.Message}");
                    throw new GivenUpException();
                }

                if (_disk.IsActive && !_disk.CanHeal)
                    throw new GivenUpException();
                _disk.Heal();
            }
        }
    }

    /// <summary>Whether a failure without a new fault is what an earlier one, or a lie, led to.</summary>
    private bool IsPardoned()
    {
        return Lies || (_disk.Fired > 0 && _belated-- > 0);
    }

    /// <summary>An error must be one that has to do with what happened.</summary>
    private void Explain(StoreException? error)
    {
        if (error is not null && _disk.Fired == 0)
            Object($"an error without a fault: {error.Error}: {error.Message}");
    }

    private void Object(string message) => Objection ??= message;

    /// <summary>Nothing more can be done with this disk.</summary>
    private sealed class GivenUpException : Exception;
}
