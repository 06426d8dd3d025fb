using Persistence.Platform;
using Persistence.Terminals.Pty;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>Waits for scripted terminals.</summary>
internal sealed class ScriptedPoller(IScheduler scheduler) : IPtyPoller
{
    private readonly IGate _gate = scheduler.CreateGate();
    private readonly Dictionary<IPty, PtyInterest> _interests = [];
    private readonly HashSet<IPty> _reported = [];
    private bool _isWoken;

    public void Add(IPty pty) => Change(() => _interests.Add(pty, PtyInterest.Output));

    public void Remove(IPty pty) => Change(() => _interests.Remove(pty));

    public void Watch(IPty pty, PtyInterest interest) => Change(() => _interests[pty] = interest);

    public void Wake() => Change(() => _isWoken = true);

    public void Wait(ICollection<PtyEvent> ready, TimeSpan timeout)
    {
        ready.Clear();
        _gate.Enter();
        try
        {
            bool isOver = false;
            while (true)
            {
                foreach ((IPty pty, PtyInterest interest) in _interests)
                    Report((ScriptedPty)pty, interest, ready);
                if (ready.Count > 0 || _isWoken || isOver)
                    break;
                isOver = !_gate.Wait(timeout);
            }

            _isWoken = false;
        }
        finally
        {
            _gate.Exit();
        }
    }

    public void Dispose()
    {
    }

    private void Report(ScriptedPty pty, PtyInterest interest, ICollection<PtyEvent> ready)
    {
        bool canRead = interest.HasFlag(PtyInterest.Output) && pty.CanRead;
        bool canWrite = interest.HasFlag(PtyInterest.Input);
        bool hasExited = pty.FindExit() is not null && _reported.Add(pty);
        if (canRead || canWrite || hasExited)
            ready.Add(new PtyEvent(pty, canRead, canWrite, hasExited));
    }

    private void Change(Action change)
    {
        _gate.Enter();
        change();
        _gate.PulseAll();
        _gate.Exit();
    }
}
