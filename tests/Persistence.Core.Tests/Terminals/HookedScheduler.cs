using Persistence.Platform;

namespace Persistence.Tests.Terminals;

/// <summary>Threads and monitors of the runtime; what a test wants done is done where a thread of its choice is about to enter a gate, before another has it.</summary>
internal sealed class HookedScheduler : IScheduler
{
    private Action? _next;
    private int _thread;

    /// <summary>When this thread enters a gate the next time, it does this first, once.</summary>
    public void BeforeNextEnter(Action action) => BeforeEnter(1, action);

    /// <summary>When this thread enters a gate for the time of a number, counted from now, it does this first, once.</summary>
    public void BeforeEnter(int number, Action action)
    {
        if (number > 1)
        {
            BeforeEnter(1, () => BeforeEnter(number - 1, action));
            return;
        }

        _thread = Environment.CurrentManagedThreadId;
        _next = action;
    }

    public IGate CreateGate() => new HookedGate(this, SystemScheduler.Instance.CreateGate());

    public IWorker Start(string name, Action body) => SystemScheduler.Instance.Start(name, body);

    private void Take()
    {
        if (Environment.CurrentManagedThreadId == _thread)
            Interlocked.Exchange(ref _next, null)?.Invoke();
    }

    private sealed class HookedGate(HookedScheduler scheduler, IGate gate) : IGate
    {
        public void Enter()
        {
            scheduler.Take();
            gate.Enter();
        }

        public void Exit() => gate.Exit();

        public bool Wait(TimeSpan timeout) => gate.Wait(timeout);

        public void PulseAll() => gate.PulseAll();
    }
}
