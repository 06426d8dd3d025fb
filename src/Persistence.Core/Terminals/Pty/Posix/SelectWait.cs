using Microsoft.Win32.SafeHandles;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>
/// Waits by <c>select</c>, for macOS, whose other calls have not always worked with terminals. The sets are bits in as many bytes as the highest descriptor needs. The ends of processes are looked for
/// from time to time. What is armed or removed while a wait is under way interrupts it, so that the next one has other sets.
/// </summary>
internal sealed unsafe class SelectWait(IPosixPlatform platform, SelectCall select) : IDescriptorWait
{
    private readonly WakePipe _wake = new(platform);

    // What the last Prepare asked for, and the wait after it left of that. Used by the waiting thread.
    private readonly DescriptorSet _readable = new();
    private readonly DescriptorSet _writable = new();
    private readonly List<(long Id, int Descriptor)> _asked = [];
    private bool _hasFound;

    public void Add(WatchedPty watched) => Interrupt();

    public void Arm(WatchedPty watched) => Interrupt();

    public void Remove(WatchedPty watched) => Interrupt();

    public void Prepare(IReadOnlyDictionary<long, WatchedPty> table)
    {
        _readable.Clear();
        _writable.Clear();
        _asked.Clear();
        _readable.Add(DescriptorOf(_wake.ReadEnd));
        foreach (WatchedPty watched in table.Values)
            Ask(watched);
    }

    public void Wait(int timeoutMs)
    {
        int count = Math.Max(_readable.DescriptorsMax, _writable.DescriptorsMax);
        _readable.Extend(count);
        _writable.Extend(count);
        // Both systems have 16 bytes here; macOS uses 4 of the last 8.
        long* timeout = stackalloc long[2];
        (timeout[0], timeout[1]) = (timeoutMs / 1000, timeoutMs % 1000 * 1000L);
        fixed (byte* reads = _readable.Bits, writes = _writable.Bits)
        {
            // A descriptor that was closed since then (EBADF) is not asked for the next time; what the sets hold after an error is nothing that was found.
            _hasFound = select(count, reads, writes, null, timeoutMs < 0 ? null : timeout) > 0;
        }
    }

    public void Collect(IReadOnlyDictionary<long, WatchedPty> table)
    {
        if (!_hasFound)
            return;
        if (_readable.Contains(DescriptorOf(_wake.ReadEnd)))
            _wake.Drain();
        foreach ((long id, int descriptor) in _asked)
        {
            if (table.TryGetValue(id, out WatchedPty? watched))
                (watched.IsReadable, watched.IsWritable) = (_readable.Contains(descriptor), _writable.Contains(descriptor));
        }
    }

    public void Interrupt() => _wake.Wake();

    public void Dispose() => _wake.Dispose();

    private void Ask(WatchedPty watched)
    {
        SafeFileHandle master = watched.Pty.Terminal.Master;
        if (watched.Armed == PtyInterest.None || master.IsClosed)
            return;
        int descriptor = DescriptorOf(master);
        _asked.Add((watched.Id, descriptor));
        if (watched.Armed.HasFlag(PtyInterest.Output))
            _readable.Add(descriptor);
        if (watched.Armed.HasFlag(PtyInterest.Input))
            _writable.Add(descriptor);
    }

    private static int DescriptorOf(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
