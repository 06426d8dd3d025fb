using Persistence.Platform;

namespace Persistence.Engine;

/// <summary>
/// The one owner of work beside the commits: a thread that wakes after activity, or when the last round asked to be woken, does a
/// round, and sleeps. Started by the first activity; stops cleanly.
/// </summary>
internal sealed class BackgroundWork
{
    private readonly IScheduler _scheduler;
    private readonly IGate _gate;
    private readonly Func<TimeSpan> _round;
    private readonly Func<TimeSpan> _pause;
    private IWorker? _worker;
    private Exception? _failure;
    private int _active;
    private int _asleep = 1;
    private bool _stopping;

    /// <param name="scheduler">Where the thread comes from.</param>
    /// <param name="round">One round of work; returns when another is wanted even without activity, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="pause">Time between rounds, at least.</param>
    public BackgroundWork(IScheduler scheduler, Func<TimeSpan> round, Func<TimeSpan> pause)
    {
        _scheduler = scheduler;
        _gate = scheduler.CreateGate();
        _round = round;
        _pause = pause;
    }

    /// <summary>Why there is no thread; null when there is one, or none was needed.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Something happened. Costs next to nothing while the thread is awake.</summary>
    public void Notify()
    {
        if (Volatile.Read(ref _active) == 0)
            Interlocked.Exchange(ref _active, 1);
        if (Volatile.Read(ref _asleep) != 0)
            Wake();
    }

    /// <summary>Waits for the current round and stops.</summary>
    public void Stop()
    {
        _gate.Enter();
        _stopping = true;
        _gate.PulseAll();
        IWorker? worker = _worker;
        _gate.Exit();
        worker?.Join();
    }

    private void Wake()
    {
        _gate.Enter();
        if (!_stopping && _worker is null)
            StartHoldingGate();
        _gate.PulseAll();
        _gate.Exit();
    }

    private void StartHoldingGate()
    {
        try
        {
            _worker = _scheduler.Start("store-background", Run);
            Volatile.Write(ref _failure, null);
        }
#pragma warning disable CA1031 // What was committed is committed: no thread for the work beside it is no failure of the commit. The next one asks again.
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
        }
#pragma warning restore CA1031
    }

    private void Run()
    {
        TimeSpan sleep = Timeout.InfiniteTimeSpan;
        _gate.Enter();
        while (!_stopping)
        {
            // Asleep is announced before activity is looked at, and Notify does it the other way round: one of the two sees the other.
            Interlocked.Exchange(ref _asleep, 1);
            if (Interlocked.Exchange(ref _active, 0) == 0 && _gate.Wait(sleep))
                continue;

            Interlocked.Exchange(ref _asleep, 0);
            if (!_stopping)
                _gate.Wait(_pause());
            if (_stopping)
                break;
            _gate.Exit();
            sleep = _round();
            _gate.Enter();
        }

        _gate.Exit();
    }
}
