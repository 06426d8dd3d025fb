using System.Diagnostics;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Soak;

/// <summary>
/// One store and one worker after another. From time to time the writers pause: then nothing is in flight and everything is flushed, so what
/// the store shows settles all that was said, and it need not be remembered.
/// </summary>
internal sealed class SoakLane
{
    private const int MessagesMax = 1000;
    private static readonly TimeSpan ListeningTime = TimeSpan.FromMilliseconds(100);

    private readonly SoakOptions _options;
    private readonly SoakFigures _figures;
    private readonly CancellationToken _cancellation;
    private readonly SoakSchedule _schedule;
    private readonly JudgedStore _store;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _life;

    /// <param name="options">What to do.</param>
    /// <param name="takeWorker">Gives a worker for a directory and an epoch.</param>
    /// <param name="figures">Where results go.</param>
    /// <param name="cancellation">Ends the run before its time.</param>
    public SoakLane(SoakOptions options, Func<string, int, ChildProcess> takeWorker, SoakFigures figures, CancellationToken cancellation)
    {
        _options = options;
        _figures = figures;
        _cancellation = cancellation;
        long seed = Mixer.Combine(options.Run.Seed, 0);
        _schedule = new SoakSchedule(Mixer.Combine(seed, -1), options.LifeMean);
        _store = new JudgedStore(options.Run, takeWorker, figures.Run, remembersAllValues: false)
        {
            Directory = Path.Combine(options.Run.Directory, "store"),
            ProfileSeed = StoreProfile.Choose(seed, options.KeepsWholeLog ? StoreProfile.KeepsWholeLog : options.KeepsWholeArchive ? StoreProfile.KeepsWholeArchive : StoreProfile.StaysSmall),
            WorkSeed = seed,
            Owner = "soak",
        };
        figures.Run.AddStore(StoreProfile.Create(_store.ProfileSeed, options.Run.Durability, _store.Directory));
    }

    private bool IsOver => _figures.Run.HasStopped || _cancellation.IsCancellationRequested || _watch.Elapsed >= _options.Duration;

    /// <summary>Runs until the time is over or something is found.</summary>
    public void Run()
    {
        try
        {
            do
                LiveThrough(_schedule.Next());
            while (!IsOver);
            if (_cancellation.IsCancellationRequested)
                _figures.NoteInterruption();
            if (!_figures.Run.HasStopped)
                OpenAndJudge().Dispose();
        }
        catch (Exception e) when (e is WorkerFailedException or ProtocolException or IOException or UnauthorizedAccessException)
        {
            _figures.Run.CouldNotRun(e.Message);
        }
    }

    /// <summary>The last worker of a run closes the store, however it was to end.</summary>
    private void LiveThrough(SoakLife life)
    {
        using WorkerDialog worker = OpenAndJudge();
        if (_figures.Run.HasStopped)
            return;
        worker.BeginRun();
        Work(worker, Deadline.After(life.Time));
        if (_figures.Run.HasStopped)
            return;
        if (life.EndsByKill && !IsOver)
            Kill(worker);
        else if (_store.StopCleanly(worker))
            _figures.AddCleanStop();
        _life++;
    }

    private WorkerDialog OpenAndJudge()
    {
        bool isRestart = !_store.IsNew;
        WorkerDialog worker = _store.Begin(order: null);
        try
        {
            bool isRight = _store.OpenAndJudge(worker);
            if (!isRight && !_figures.Run.HasStopped)
                throw new WorkerFailedException($"The worker died while it opened the store, {worker.HowItEnded}");
            if (isRight && isRestart)
                _figures.AddRestart();
            NoteSettled();
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    private void Kill(WorkerDialog worker)
    {
        worker.WaitThenKill(TimeSpan.Zero);
        if (_store.BuryKilled(worker, wasRunning: true))
            _store.InspectKilled();
    }

    /// <summary>
    /// Listens, measures and settles until the life is over. It ends when the writers have just been heard: a kill while they pause would find
    /// nothing in flight. There is a sample of every life.
    /// </summary>
    private void Work(WorkerDialog worker, Deadline end)
    {
        Stopwatch age = Stopwatch.StartNew();
        Deadline nextSample = Deadline.After(_figures.SampleEvery);
        Deadline nextSettlement = Deadline.After(_options.SettleEvery);
        Deadline silence = Deadline.After(_options.Run.AnswerTime);
        while (!IsOver)
        {
            bool spoke = Listen(worker);
            if (spoke && end.Left == TimeSpan.Zero)
                break;
            if (spoke)
                silence = Deadline.After(_options.Run.AnswerTime);
            else if (silence.Left == TimeSpan.Zero)
                throw new WorkerFailedException($"The worker has done nothing for {_options.Run.AnswerTime.TotalSeconds} s.");
            if (nextSample.Left == TimeSpan.Zero)
            {
                Measure(worker, age.Elapsed);
                nextSample = Deadline.After(_figures.SampleEvery);
            }

            if (nextSettlement.Left == TimeSpan.Zero || _store.History.Operations.Count >= _options.OperationsUnsettledMax)
            {
                Settle(worker);
                nextSettlement = Deadline.After(_options.SettleEvery);
                silence = Deadline.After(_options.Run.AnswerTime);
            }
        }

        Measure(worker, age.Elapsed);
    }

    /// <returns>Whether it said anything.</returns>
    private bool Listen(WorkerDialog worker)
    {
        IReadOnlyList<WorkerMessage> heard = worker.Listen(ListeningTime, MessagesMax);
        _store.Take(heard);
        if (heard.Count == 0 && worker.HasFallenSilent && !_figures.Run.HasStopped)
            throw new WorkerFailedException("The worker ended in the middle of its work, and nobody had asked it to");
        return heard.Count > 0;
    }

    /// <summary>What the paused worker has in memory is judged; and what its files say, read by another process, must be the same.</summary>
    private void Settle(WorkerDialog worker)
    {
        _store.Take(worker.Pause());
        if (_figures.Run.HasStopped || !_store.DumpAndJudge(worker))
            return;
        _store.Inspect();
        _figures.AddSettlement();
        NoteSettled();
        worker.BeginRun();
    }

    private void NoteSettled() => _figures.NoteSettled(_store.OperationsSettled, _store.CheckpointsSettled);

    private void Measure(WorkerDialog worker, TimeSpan age)
    {
        if (ProcessMemory.Of(worker.ProcessId) is not ProcessMemory ofWorker || ProcessMemory.Of(Environment.ProcessId) is not ProcessMemory own)
            return;
        DiskUse disk = DiskUse.Of(StorePlaces.DirectoriesOf(_store.Directory));
        SoakSample sample = new(_watch.Elapsed, _life, age, ofWorker.Bytes, own.Bytes, disk.Bytes) { Disk = disk };
        _figures.Add(sample, ofWorker.PeakBytes, own.PeakBytes);
    }
}
