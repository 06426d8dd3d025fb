using Persistence.Terminals.Pty;

namespace Persistence.Tests.Terminals;

/// <summary>Waits for <see cref="WrappedPty"/>.</summary>
/// <param name="poller">The system's.</param>
/// <param name="change">What becomes of an event; null: nothing.</param>
internal sealed class WrappedPoller(IPtyPoller poller, Func<PtyEvent, PtyEvent>? change = null) : IPtyPoller
{
    private readonly Dictionary<IPty, IPty> _outer = [];
    private readonly List<PtyEvent> _ready = [];

    public void Add(IPty pty)
    {
        _outer[Inner(pty)] = pty;
        poller.Add(Inner(pty));
    }

    public void Remove(IPty pty) => poller.Remove(Inner(pty));

    public void Watch(IPty pty, PtyInterest interest) => poller.Watch(Inner(pty), interest);

    public void Wake() => poller.Wake();

    public void Wait(ICollection<PtyEvent> ready, TimeSpan timeout)
    {
        ready.Clear();
        poller.Wait(_ready, timeout);
        foreach (PtyEvent one in _ready)
        {
            PtyEvent outer = one with { Pty = _outer[one.Pty] };
            ready.Add(change?.Invoke(outer) ?? outer);
        }
    }

    public void Dispose() => poller.Dispose();

    private static IPty Inner(IPty pty) => ((WrappedPty)pty).Inner;
}
