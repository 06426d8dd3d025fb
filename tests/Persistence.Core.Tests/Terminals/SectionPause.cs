using Persistence.Platform;

namespace Persistence.Tests.Terminals;

/// <summary>Threads and monitors of the runtime; once armed, the thread of a name stops between two sections of a gate in the first of which it had not to wait for anything.</summary>
internal sealed class SectionPause(string thread) : IScheduler
{
    private readonly TaskCompletionSource _reached = new();
    private readonly TaskCompletionSource _released = new();
    private volatile bool _isArmed;

    public Task Reached => _reached.Task;

    public void Arm() => _isArmed = true;

    public void Release() => _released.TrySetResult();

    public IGate CreateGate() => new PausingGate(this, thread);

    public IWorker Start(string name, Action body) => SystemScheduler.Instance.Start(name, body);

    private void Pass()
    {
        if (!_isArmed)
            return;
        _reached.TrySetResult();
        _released.Task.Wait();
    }

    private sealed class PausingGate(SectionPause owner, string thread) : IGate
    {
        private readonly IGate _inner = SystemScheduler.Instance.CreateGate();

        // The thread's alone.
        private bool _hasWaited = true;

        private bool IsIt => Thread.CurrentThread.Name == thread;

        public void Enter()
        {
            if (IsIt && !_hasWaited)
                owner.Pass();
            if (IsIt)
                _hasWaited = false;
            _inner.Enter();
        }

        public void Exit() => _inner.Exit();

        public bool Wait(TimeSpan timeout)
        {
            if (IsIt)
                _hasWaited = true;
            return _inner.Wait(timeout);
        }

        public void PulseAll() => _inner.PulseAll();
    }
}
