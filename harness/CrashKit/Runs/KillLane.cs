using Persistence.Configuration;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Runs;

/// <summary>
/// One store after another: open, judge what is there, let the same process go on writing, kill it, and again; at the end of a
/// store's life a clean close, judged too. Lanes share the pool of workers, the budget and the figures, nothing else.
/// </summary>
internal sealed class KillLane
{
    private const int BackupOneIn = 4;
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
    private JudgedStore _store = null!;
    private int _killsSinceInspection;
    private bool _archives;

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
            StorePlaces.Delete(_store.Directory);
    }

    private void BeginStore(int store)
    {
        _store = new JudgedStore(_options, _takeWorker, _figures, remembersAllValues: true)
        {
            Directory = Path.Combine(_options.Directory, $"lane-{_lane}-store-{store}"),
            ProfileSeed = Mixer.Combine(_seed, store),
            WorkSeed = _seed,
            Owner = $"lane {_lane}",
        };
        _killsSinceInspection = 0;
        StoreOptions? profile = _options.IsBuiltIn ? StoreProfile.Create(_store.ProfileSeed, _options.Durability, _store.Directory) : null;
        _archives = profile is { ArchiveLog: true };
        _figures.AddStore(profile);
    }

    private void KillOnce()
    {
        KillPlan plan = _schedule.Next(_store.IsNew, _archives);
        using WorkerDialog worker = _store.Begin(plan.Order);
        if (plan.Order is not null)
            _figures.Request(plan.Order.Point);
        bool isRunning = plan.Moment != KillMoment.WhileOpening && _store.OpenAndJudge(worker);
        if (isRunning)
            RunAndKill(worker, plan);
        else if (!_figures.HasStopped)
            worker.WaitThenKill(plan.Moment == KillMoment.WhileOpening ? plan.Delay : PointTime);
        if (!_figures.HasStopped)
            BuryKilled(worker, plan, isRunning);
    }

    /// <summary>A point of the opening that was not reached is behind the worker: then it dies by the signal.</summary>
    private void RunAndKill(WorkerDialog worker, KillPlan plan)
    {
        worker.BeginRun();
        if (_options.HasUpkeep && _random.Next(BackupOneIn) == 0)
            _store.BeginBackup();
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
        if (!_store.BuryKilled(worker, wasRunning) || !_store.EndBackup())
            return;
        foreach (KillPoint point in worker.Marks)
            _figures.Fire(point);
        if (plan.Order is not null && worker.Marks.Count == 0)
            _schedule.SendAgain(plan.Order.Point);
        _killsSinceInspection++;
        bool isTime = _options.IsBuiltIn && _options.InspectEvery > 0 && _killsSinceInspection >= _options.InspectEvery;
        if (isTime && _store.InspectKilled())
            _killsSinceInspection = 0;
        if (wasRunning && _options.LooksBack && !_figures.HasStopped)
            _store.JudgePast(_random);
    }

    /// <summary>The last kills are verified. Then, if the worker can stop, a clean close is judged, too.</summary>
    private void EndCleanly()
    {
        using (WorkerDialog worker = _store.Begin(order: null))
        {
            if (!_store.OpenAndJudge(worker))
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
            if (!_store.StopCleanly(worker))
                return;
        }

        using WorkerDialog last = _store.Begin(order: null);
        if (!_store.OpenAndJudge(last))
            RequireFinding($"The worker died while it opened a closed store, {last.HowItEnded}");
    }

    private void RequireFinding(string otherwise)
    {
        if (!_figures.HasStopped)
            throw new WorkerFailedException(otherwise);
    }
}
