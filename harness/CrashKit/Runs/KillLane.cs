using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;

namespace Persistence.CrashKit.Runs;

/// <summary>
/// One store after another: open, judge what is there, let the same process go on writing, kill it, and again; at the end of a
/// store's life a clean close, judged too. Lanes share the pool of workers, the budget and the figures, nothing else.
/// </summary>
internal sealed class KillLane
{
    private static readonly TimeSpan PointTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FinalRunTime = TimeSpan.FromMilliseconds(15);

    private readonly KillRunOptions _options;
    private readonly Func<string, int, ChildProcess> _takeWorker;
    private readonly RunBudget _budget;
    private readonly KillRunFigures _figures;
    private readonly int _lane;
    private readonly long _seed;
    private readonly KillSchedule _schedule;
    private readonly Random _random;

    // Of the store at hand.
    private StoreOracle _oracle = null!;
    private string _directory = "";
    private long _profileSeed;
    private int _epoch;
    private int _killsUnverified;
    private int _killsSinceInspection;
    private Observation? _inspected;

    /// <param name="options">What to do.</param>
    /// <param name="takeWorker">Gives a worker for a directory and an epoch.</param>
    /// <param name="budget">How much.</param>
    /// <param name="figures">Where results go.</param>
    /// <param name="lane">Which lane this is.</param>
    public KillLane(KillRunOptions options, Func<string, int, ChildProcess> takeWorker, RunBudget budget, KillRunFigures figures, int lane)
    {
        _options = options;
        _takeWorker = takeWorker;
        _budget = budget;
        _figures = figures;
        _lane = lane;
        _seed = Mixer.Combine(options.Seed, lane);
        // Of the built-in worker nearly every moment is one with operations in flight.
        bool seeksInFlight = !options.IsBuiltIn && !OperatingSystem.IsWindows();
        _schedule = new KillSchedule(Mixer.Combine(_seed, -1), options.IsBuiltIn ? options.Points : [], seeksInFlight);
        _random = new Random(Mixer.Fold(Mixer.Combine(_seed, -2)));
    }

    /// <summary>Runs until the budget is used up or something is found, here or in another lane.</summary>
    public void Run()
    {
        try
        {
            for (int store = 0; !_figures.HasStopped && _budget.TryTakeKill(); store++)
                LiveThrough(store);
        }
        catch (Exception e) when (e is WorkerFailedException or ProtocolException or IOException or UnauthorizedAccessException)
        {
            _figures.CouldNotRun($"{e.Message} (lane {_lane})");
        }
    }

    private void LiveThrough(int store)
    {
        BeginStore(store);
        int kills = 0;
        do
            KillOnce();
        while (++kills < _options.KillsPerStore && !_figures.HasStopped && _budget.TryTakeKill());
        if (!_figures.HasStopped)
            EndCleanly();
        if (!_figures.HasStopped)
            Directory.Delete(_directory, recursive: true);
    }

    private void BeginStore(int store)
    {
        _directory = Path.Combine(_options.Directory, $"lane-{_lane}-store-{store}");
        _profileSeed = Mixer.Combine(_seed, store);
        _oracle = new StoreOracle(keepsAllRecords: true, _options.Durability == DurabilityMode.Sync);
        _epoch = 0;
        _killsUnverified = 0;
        _killsSinceInspection = 0;
        _inspected = null;
        _figures.AddStore();
    }

    private void KillOnce()
    {
        KillPlan plan = _schedule.Next(isNewStore: _epoch == 0);
        using WorkerDialog worker = Begin(plan.Order);
        if (plan.Order is not null)
            _figures.Request(plan.Order.Point);
        bool isRunning = plan.Moment != KillMoment.WhileOpening && OpenAndJudge(worker);
        if (isRunning)
            RunAndKill(worker, plan);
        else if (!_figures.HasStopped)
            worker.WaitThenKill(plan.Moment == KillMoment.WhileOpening ? plan.Delay : PointTime);
        if (!_figures.HasStopped)
            BuryKilled(worker, plan, isRunning);
    }

    private WorkerDialog Begin(KillOrder? order)
    {
        WorkerDialog worker = new(_takeWorker(_directory, _epoch), _options.AnswerTime);
        try
        {
            worker.WaitUntilReady();
            _oracle.KeepsAllRecords = KeepsAllRecords(worker);
            _oracle.History.BeginProcess();
            worker.BeginOpen(new OpenRequest
            {
                Directory = _directory,
                Epoch = _epoch++,
                Seed = _seed,
                ProfileSeed = _profileSeed,
                Writers = _options.Writers,
                Workload = _options.Workload,
                Durability = _options.Durability.ToString(),
                Kill = order,
            });
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>A program that is not ours keeps its whole log, unless it says that the oldest records may go.</summary>
    private bool KeepsAllRecords(WorkerDialog worker) =>
        _options.IsBuiltIn ? StoreProfile.KeepsAllRecords(_profileSeed) : !worker.Capabilities.Contains("trim");

    /// <returns>Whether the worker is there, with a store that is right.</returns>
    private bool OpenAndJudge(WorkerDialog worker)
    {
        Observation observed;
        try
        {
            if (worker.WaitUntilOpen() is not ReadyMessage ready)
                return false;
            if (_killsUnverified > 0)
                _figures.AddRecovery(ready);
            observed = worker.Dump();
        }
        catch (StoreRefusedException e)
        {
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"the store does not open: {e.Message}")], null);
            return false;
        }

        return Judge(observed, _inspected);
    }

    /// <returns>Whether it is right; then it is what everything later is held against.</returns>
    private bool Judge(Observation observed, Observation? seenByReader)
    {
        Judgement judgement = Decide(observed);
        List<Discrepancy> found = [.. judgement.Discrepancies];
        if (seenByReader?.FindDifference(observed) is string difference)
            found.Add(new Discrepancy(DiscrepancyKind.ReaderDisagrees, $"a read-only opening after the kill and the writer's recovery differ: {difference}"));
        if (found.Count > 0)
        {
            Convict(found, observed);
            return false;
        }

        _figures.AddVerified(_killsUnverified, judgement);
        _killsUnverified = 0;
        _inspected = null;
        _oracle.Accept(observed);
        return true;
    }

    private Judgement Decide(Observation observed)
    {
        Judgement judgement = _oracle.Judge(observed);
        return judgement.IsDecided ? judgement : throw new WorkerFailedException("The oracle came to no decision: too much was in flight at once");
    }

    /// <summary>A point of the opening that was not reached is behind the worker: then it dies by the signal.</summary>
    private void RunAndKill(WorkerDialog worker, KillPlan plan)
    {
        worker.BeginRun();
        if (plan.Moment == KillMoment.InFlight)
        {
            worker.WaitThenKillInFlight(plan.Delay, _random);
            return;
        }

        bool isAhead = plan.Order is not null && KillPoints.PhaseOf(plan.Order.Point) == WorkerPhase.Running;
        worker.WaitThenKill(isAhead ? PointTime : plan.Delay);
    }

    private void BuryKilled(WorkerDialog worker, KillPlan plan, bool wasRunning)
    {
        TakeHistory(worker);
        if (_figures.HasStopped)
            return;
        _figures.AddKill(worker.WasKilled, wasRunning, _oracle.History.InFlight);
        if (!worker.WasKilled)
            throw new WorkerFailedException($"The worker was to be killed and ended by itself, {worker.HowItEnded}");
        foreach (KillPoint point in worker.Marks)
            _figures.Fire(point);
        if (plan.Order is not null && worker.Marks.Count == 0)
            _schedule.SendAgain(plan.Order.Point);
        _killsUnverified++;
        _killsSinceInspection++;
        if (_options.IsBuiltIn && _options.InspectEvery > 0 && _killsSinceInspection >= _options.InspectEvery)
            Inspect();
    }

    /// <summary>Kills make no operation fail: one that did is a finding.</summary>
    /// <returns>What the worker said last, if anything.</returns>
    private WorkerMessage? TakeHistory(WorkerDialog worker)
    {
        IReadOnlyList<WorkerMessage> said = worker.Drain();
        foreach (WorkerMessage message in said)
        {
            _oracle.History.Add(message);
            if (message is FailMessage fail)
                Convict([new Discrepancy(DiscrepancyKind.Refused, $"operation {fail.Number} failed, with nothing wrong but kills: {fail.Reason}")], null);
            else if (message is ErrorMessage error)
                Convict([new Discrepancy(DiscrepancyKind.Refused, error.Text)], null);
        }

        return said.Count == 0 ? null : said[^1];
    }

    /// <summary>The controller reads the store in its own process, with its own engine, before anybody recovers it.</summary>
    private void Inspect()
    {
        Observation seen;
        try
        {
            using StoreSession reader = StoreSessions.OpenReadOnly(StoreHost.ForDirectory(_directory));
            seen = reader.Observe();
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound && _oracle.Baseline == Observation.Empty)
        {
            // Killed while it was being created: there is no store to read yet.
            return;
        }
        catch (StoreException e)
        {
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"the store does not open for reading: {e.Error}: {e.Message}")], null);
            return;
        }

        _killsSinceInspection = 0;
        _figures.AddInspection();
        Judgement judgement = Decide(seen);
        if (judgement.IsRight)
            _inspected = seen;
        else
            Convict(judgement.Discrepancies, seen);
    }

    /// <summary>
    /// The last kills are verified. Then, if the worker can stop: a clean close promises everything acknowledged, and the next opening has nothing to recover.
    /// </summary>
    private void EndCleanly()
    {
        using (WorkerDialog worker = Begin(order: null))
        {
            if (!OpenAndJudge(worker))
            {
                RequireFinding("The worker died while it opened the store");
                return;
            }

            if (!worker.Capabilities.Contains("stop"))
            {
                worker.WaitThenKill(TimeSpan.Zero);
                return;
            }

            worker.BeginRun();
            Thread.Sleep(FinalRunTime);
            worker.BeginStop();
            worker.WaitThenKill(_options.AnswerTime);
            WorkerMessage? last = TakeHistory(worker);
            if (_figures.HasStopped)
                return;
            if (last is not ByeMessage)
                throw new WorkerFailedException($"The worker was told to stop and ended without a bye, {worker.HowItEnded}");
            _oracle.History.PromiseAcknowledged();
        }

        JudgeCleanEnd();
    }

    private void JudgeCleanEnd()
    {
        using WorkerDialog worker = Begin(order: null);
        try
        {
            ReadyMessage ready = worker.WaitUntilOpen() ?? throw new WorkerFailedException($"The worker died while it opened a closed store, {worker.HowItEnded}");
            if (ready.Recovered == true && _options.IsBuiltIn)
                Convict([new Discrepancy(DiscrepancyKind.Refused, "the store was closed cleanly, and had to be recovered")], null);
            else
                Judge(worker.Dump(), seenByReader: null);
        }
        catch (StoreRefusedException e)
        {
            Convict([new Discrepancy(DiscrepancyKind.Refused, $"the store was closed cleanly, and does not open: {e.Message}")], null);
        }
    }

    private void RequireFinding(string otherwise)
    {
        if (!_figures.HasStopped)
            throw new WorkerFailedException(otherwise);
    }

    private void Convict(IReadOnlyList<Discrepancy> discrepancies, Observation? observed)
    {
        string circumstances = $"Seed {_options.Seed}, lane {_lane}, workload {_options.Workload}, durability {_options.Durability}, epoch {_epoch}, mutant {_options.Mutant ?? "none"}, store {_directory}";
        string? file = EvidenceFile.TryWrite(_directory, circumstances, discrepancies, _oracle, observed);
        foreach (Discrepancy discrepancy in discrepancies)
            _figures.Add(new Failure(discrepancy, _directory, file));
    }
}
