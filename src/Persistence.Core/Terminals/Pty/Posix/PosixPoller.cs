using Persistence.Platform;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>Waits for many terminals of Linux or macOS.</summary>
/// <remarks>
/// The ends of processes that the system does not tell of are looked for every <see cref="TickMs"/>, and so are those of abandoned children while there are any: then a wait is made of short ones.
/// </remarks>
internal sealed class PosixPoller : IPtyPoller
{
    private const int TickMs = 100;

    private readonly IDescriptorWait _descriptors;
    private readonly AbandonedChildren _abandoned;
    private readonly TimeProvider _clock;

    // Everything below is under the lock, which is never held while it waits.
    private readonly object _sync = new();
    private readonly Dictionary<IPty, WatchedPty> _byPty = [];
    private readonly Dictionary<long, WatchedPty> _byId = [];
    private long _lastId;
    private long _lastLookTicks;
    private bool _isWoken;

    public PosixPoller(IDescriptorWait descriptors, AbandonedChildren abandoned, TimeProvider clock)
    {
        _descriptors = descriptors;
        _abandoned = abandoned;
        _clock = clock;
        abandoned.Added += descriptors.Interrupt;
    }

    public void Add(IPty pty)
    {
        if (pty is not PosixPty own)
            throw new ArgumentException("The terminal is not of this system.", nameof(pty));
        lock (_sync)
        {
            WatchedPty watched = new(++_lastId, own);
            if (!_byPty.TryAdd(own, watched))
                throw new ArgumentException("The terminal is waited for already.", nameof(pty));
            _byId.Add(watched.Id, watched);
            TakeIn(watched);
        }
    }

    public void Remove(IPty pty)
    {
        ArgumentNullException.ThrowIfNull(pty);
        lock (_sync)
        {
            if (!_byPty.Remove(pty, out WatchedPty? watched))
                return;
            _byId.Remove(watched.Id);
            _descriptors.Remove(watched);
        }
    }

    public void Watch(IPty pty, PtyInterest interest)
    {
        ArgumentNullException.ThrowIfNull(pty);
        lock (_sync)
        {
            if (!_byPty.TryGetValue(pty, out WatchedPty? watched))
                return;
            watched.Interest = interest;
            Arm(watched);
        }
    }

    public void Wake()
    {
        lock (_sync)
            _isWoken = true;
        _descriptors.Interrupt();
    }

    public void Wait(ICollection<PtyEvent> ready, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(ready);
        ready.Clear();
        Deadline deadline = new(_clock, timeout);
        while (!WaitOnce(ready, deadline))
        {
        }
    }

    public void Dispose()
    {
        _abandoned.Added -= _descriptors.Interrupt;
        lock (_sync)
        {
            foreach (WatchedPty watched in _byPty.Values)
                _descriptors.Remove(watched);
            _byPty.Clear();
            _byId.Clear();
            _descriptors.Dispose();
        }
    }

    private void TakeIn(WatchedPty watched)
    {
        try
        {
            _descriptors.Add(watched);
            Arm(watched);
        }
        catch
        {
            Remove(watched.Pty);
            throw;
        }
    }

    // True: there is something to report, or nothing more to wait for.
    private bool WaitOnce(ICollection<PtyEvent> ready, Deadline deadline)
    {
        int timeoutMs = deadline.LeftMs;
        lock (_sync)
        {
            if (_byPty.Values.Any(static watched => watched.IsLookedAt) || _abandoned.HasAny)
                timeoutMs = timeoutMs < 0 ? TickMs : Math.Min(timeoutMs, TickMs);
            _descriptors.Prepare(_byId);
        }
        _descriptors.Wait(timeoutMs);
        _abandoned.Reap();
        lock (_sync)
        {
            _descriptors.Collect(_byId);
            LookForExits();
            foreach (WatchedPty watched in _byPty.Values)
                Report(watched, ready);
            return TakeWake() || ready.Count > 0 || deadline.IsOver;
        }
    }

    private void LookForExits()
    {
        bool isTime = _clock.GetElapsedTime(_lastLookTicks).TotalMilliseconds >= TickMs;
        if (isTime)
            _lastLookTicks = _clock.GetTimestamp();
        foreach (WatchedPty watched in _byPty.Values)
            watched.MayHaveExited |= watched.IsLookedAt && (isTime || watched.Pty.Ended.HasFlag(PtyInterest.Output));
    }

    private void Report(WatchedPty watched, ICollection<PtyEvent> ready)
    {
        bool hasExited = watched.MayHaveExited && !watched.IsExitReported && watched.Pty.FindExit() is not null;
        PtyInterest wanted = watched.Armed & ~watched.Pty.Ended;
        bool canRead = watched.IsReadable && wanted.HasFlag(PtyInterest.Output);
        bool canWrite = watched.IsWritable && wanted.HasFlag(PtyInterest.Input);
        if ((watched.IsReadable || watched.IsWritable) && !canRead && !canWrite)
            Disarm(watched);
        watched.IsReadable = watched.IsWritable = watched.MayHaveExited = false;
        watched.IsExitReported |= hasExited;
        if (canRead || canWrite || hasExited)
            ready.Add(new PtyEvent(watched.Pty, canRead, canWrite, hasExited));
    }

    // Of what has ended nothing is asked for: it would be ready for ever.
    private void Arm(WatchedPty watched)
    {
        watched.Armed = watched.Interest & ~watched.Pty.Ended;
        _descriptors.Arm(watched);
    }

    // A terminal that has ended is ready even for those who wait for nothing of it.
    private void Disarm(WatchedPty watched)
    {
        watched.Armed = PtyInterest.None;
        _descriptors.Arm(watched);
    }

    private bool TakeWake()
    {
        bool wasWoken = _isWoken;
        _isWoken = false;
        return wasWoken;
    }
}
