using Persistence.Platform;

namespace Persistence.Terminals.Pty.Piped;

/// <summary>Waits for terminals that say themselves what can be done with them.</summary>
internal sealed class GatePoller : IPtyPoller
{
    private readonly TimeProvider _clock;

    // Everything below is under the gate.
    private readonly IGate _gate;
    private readonly Dictionary<IPty, Watched> _table = [];
    private bool _isWoken;

    public GatePoller(IScheduler scheduler, TimeProvider clock)
    {
        _clock = clock;
        _gate = scheduler.CreateGate();
    }

    public void Add(IPty pty)
    {
        if (pty is not IPipedPty own)
            throw new ArgumentException("The terminal is not of this system.", nameof(pty));
        // Before it is looked at: what changes after the look is told.
        own.Changed += Pulse;
        if (TryAdd(own))
            return;
        own.Changed -= Pulse;
        throw new ArgumentException("The terminal is waited for already.", nameof(pty));
    }

    public void Remove(IPty pty)
    {
        ArgumentNullException.ThrowIfNull(pty);
        _gate.Enter();
        bool wasThere = _table.Remove(pty, out Watched? watched);
        _gate.Exit();
        if (wasThere)
            watched!.Pty.Changed -= Pulse;
    }

    public void Watch(IPty pty, PtyInterest interest)
    {
        ArgumentNullException.ThrowIfNull(pty);
        _gate.Enter();
        if (_table.TryGetValue(pty, out Watched? watched))
            watched.Interest = interest;
        _gate.PulseAll();
        _gate.Exit();
    }

    public void Wake()
    {
        _gate.Enter();
        _isWoken = true;
        _gate.PulseAll();
        _gate.Exit();
    }

    public void Wait(ICollection<PtyEvent> ready, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(ready);
        ready.Clear();
        Deadline deadline = new(_clock, timeout);
        _gate.Enter();
        // What changes between a look and the wait after it pulses only when the wait has begun: whoever pulses takes the gate first.
        while (!Look(ready) && !deadline.IsOver)
            _gate.Wait(deadline.Left);
        _isWoken = false;
        _gate.Exit();
    }

    public void Dispose()
    {
        _gate.Enter();
        Watched[] all = [.. _table.Values];
        _table.Clear();
        _gate.Exit();
        foreach (Watched watched in all)
            watched.Pty.Changed -= Pulse;
    }

    private bool TryAdd(IPipedPty pty)
    {
        _gate.Enter();
        bool isNew = _table.TryAdd(pty, new Watched(pty));
        _gate.PulseAll();
        _gate.Exit();
        return isNew;
    }

    // True: there is something to report, or somebody has woken us.
    private bool Look(ICollection<PtyEvent> ready)
    {
        foreach (Watched watched in _table.Values)
        {
            if (watched.Look() is { } found)
                ready.Add(found);
        }
        return _isWoken || ready.Count > 0;
    }

    private void Pulse()
    {
        _gate.Enter();
        _gate.PulseAll();
        _gate.Exit();
    }

    private sealed class Watched(IPipedPty pty)
    {
        private bool _isExitReported;

        public IPipedPty Pty { get; } = pty;

        public PtyInterest Interest { get; set; } = PtyInterest.Output;

        public PtyEvent? Look()
        {
            bool canRead = Interest.HasFlag(PtyInterest.Output) && Pty.CanRead;
            bool canWrite = Interest.HasFlag(PtyInterest.Input) && Pty.CanWrite;
            bool hasExited = !_isExitReported && Pty.HasExited;
            _isExitReported |= hasExited;
            return canRead || canWrite || hasExited ? new PtyEvent(Pty, canRead, canWrite, hasExited) : null;
        }
    }
}
