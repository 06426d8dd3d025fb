using Persistence.Terminals.Pty.Posix;

namespace Persistence.Tests.Terminals.Pty;

/// <summary>Counts how often a poller goes to the system.</summary>
internal sealed class CountedWait(IDescriptorWait inner) : IDescriptorWait
{
    private int _count;
    private volatile bool _isWaiting;

    public IDescriptorWait Inner => inner;

    public int Count => Volatile.Read(ref _count);

    public bool IsWaiting => _isWaiting;

    public void Add(WatchedPty watched) => inner.Add(watched);

    public void Arm(WatchedPty watched) => inner.Arm(watched);

    public void Remove(WatchedPty watched) => inner.Remove(watched);

    public void Prepare(IReadOnlyDictionary<long, WatchedPty> table) => inner.Prepare(table);

    public void Wait(int timeoutMs)
    {
        Interlocked.Increment(ref _count);
        _isWaiting = true;
        inner.Wait(timeoutMs);
        _isWaiting = false;
    }

    public void Collect(IReadOnlyDictionary<long, WatchedPty> table) => inner.Collect(table);

    public void Interrupt() => inner.Interrupt();

    public void Dispose() => inner.Dispose();
}
