using Persistence.Platform;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Locking;

/// <summary>A scheduler for one thread, whose every pause lasts until the test ends it.</summary>
internal sealed class SteppedScheduler : IScheduler
{
    // Under the list's lock.
    private readonly List<TimeSpan> _pauses = [];
    private int _arrivals;
    private int _arrivalsSeen;
    private int _stepsAllowed;
    private bool _ended;

    /// <summary>How long each pause was to be, in order.</summary>
    public IReadOnlyList<TimeSpan> Pauses => _pauses;

    /// <summary>Whether the thread has ended, as of the last step.</summary>
    public bool HasEnded => _ended;

    public IGate CreateGate() => new PauseGate(this);

    public IWorker Start(string name, Action body) => throw new NotSupportedException("One thread only.");

    /// <summary>The thread has ended.</summary>
    public void End() => Change(() =>
    {
        _ended = true;
        _arrivals++;
    });

    /// <summary>Waits until the thread pauses again or has ended.</summary>
    public void WaitForPause()
    {
        WaitUntil(() => _arrivals > _arrivalsSeen);
        _arrivalsSeen++;
    }

    /// <summary>Ends the pause the thread is in, and waits for the next one or the end.</summary>
    public void Step()
    {
        if (_ended)
            throw new InvalidOperationException("The thread has ended.");
        Change(() => _stepsAllowed++);
        WaitForPause();
    }

    private void Pause(TimeSpan time)
    {
        int pause = 0;
        Change(() =>
        {
            _pauses.Add(time);
            _arrivals++;
            pause = _pauses.Count;
        });
        lock (_pauses)
        {
            while (_stepsAllowed < pause)
                Monitor.Wait(_pauses);
        }
    }

    private void Change(Action change)
    {
        lock (_pauses)
        {
            change();
            Monitor.PulseAll(_pauses);
        }
    }

    private void WaitUntil(Func<bool> condition)
    {
        lock (_pauses)
        {
            while (!condition())
            {
                if (!Monitor.Wait(_pauses, BackgroundCall.Patience))
                    throw new TimeoutException("The thread neither paused nor ended.");
            }
        }
    }

    private sealed class PauseGate(SteppedScheduler scheduler) : IGate
    {
        public void Enter()
        {
        }

        public void Exit()
        {
        }

        public bool Wait(TimeSpan timeout)
        {
            scheduler.Pause(timeout);
            return false;
        }

        public void PulseAll() => throw new NotSupportedException("Nobody waits for a pulse.");
    }
}
