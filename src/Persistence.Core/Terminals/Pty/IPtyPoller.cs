using Persistence.Diagnostics;

namespace Persistence.Terminals.Pty;

/// <summary>Waits for many terminals of one system at once. <see cref="Wait"/> is for one thread; the other members are for any. Terminals are removed before they are disposed of.</summary>
public interface IPtyPoller : IDisposable
{
    /// <summary>Waits for a terminal too: for output and for the program's end. One whose end was reported before is reported again.</summary>
    /// <exception cref="ArgumentException">It is waited for already, or it is not of this poller's system.</exception>
    /// <exception cref="StoreException">The system cannot wait for more.</exception>
    void Add(IPty pty);

    /// <summary>Forgets a terminal; of one that it does not know nothing happens. A <see cref="Wait"/> that is under way may still report it.</summary>
    void Remove(IPty pty);

    /// <summary>What to wait for from now on; of a terminal that it does not know nothing happens. The program's end is always reported, once.</summary>
    void Watch(IPty pty, PtyInterest interest);

    /// <summary>Ends the <see cref="Wait"/> that is under way, or the next one.</summary>
    void Wake();

    /// <summary>Waits until something can be done, the time is over, or somebody wakes it.</summary>
    /// <param name="ready">Emptied, then filled with what can be done: a terminal at most once.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    void Wait(ICollection<PtyEvent> ready, TimeSpan timeout);
}
