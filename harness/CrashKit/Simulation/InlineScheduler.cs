using Persistence.Platform;

namespace Persistence.CrashKit.Simulation;

/// <summary>
/// For a store that one thread uses and whose options ask for nothing in the background: no thread is started, nobody waits. What would wait for
/// ever, or is entered twice, is an error at once instead of a hang.
/// </summary>
internal sealed class InlineScheduler : IScheduler
{
    public static readonly InlineScheduler Instance = new();

    public IGate CreateGate() => new InlineGate();

    public IWorker Start(string name, Action body) => throw new InvalidOperationException($"A thread '{name}' was started where there is to be none.");

    private sealed class InlineGate : IGate
    {
        private bool _isHeld;

        public void Enter()
        {
            if (_isHeld)
                throw new InvalidOperationException("A gate was entered twice.");
            _isHeld = true;
        }

        public void Exit() => _isHeld = false;

        public bool Wait(TimeSpan timeout) =>
            timeout == Timeout.InfiniteTimeSpan ? throw new InvalidOperationException("The only thread there is would wait for ever.") : false;

        public void PulseAll()
        {
        }
    }
}
