using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Persistence.Terminals.Pty.Posix;

namespace Persistence.Terminals.Pty.Linux;

/// <summary>Waits by <c>epoll</c>, level-triggered, for terminals and for descriptors of their processes.</summary>
internal sealed unsafe class EpollWait : IDescriptorWait
{
    private const int CloseOnExec = 0x80000;
    private const int AddOperation = 1;
    private const int RemoveOperation = 2;
    private const int ModifyOperation = 3;

    // Keys tell what is ready: 0 who interrupts, twice the id a terminal, one more its process.
    private const long WakeKey = 0;

    private readonly SafeFileHandle _epoll;
    private readonly WakePipe _wake;
    private readonly Func<int, SafeFileHandle?> _openProcess;

    // Used by the waiting thread.
    private EpollEvents _found = new(1);
    private int _foundCount;

    /// <param name="platform">What the pipe is made by.</param>
    /// <param name="openProcess">Opens what is readable when a process has ended; null: there is nothing of that kind, and it is looked for from time to time.</param>
    public EpollWait(IPosixPlatform platform, Func<int, SafeFileHandle?> openProcess)
    {
        _openProcess = openProcess;
        _wake = new WakePipe(platform);
        _epoll = new SafeFileHandle(LinuxCalls.EpollCreate(CloseOnExec), ownsHandle: true);
        int errno = _epoll.IsInvalid ? Marshal.GetLastPInvokeError() : Control(AddOperation, _wake.ReadEnd, EpollEvents.Input, WakeKey);
        if (errno == 0)
            return;
        Dispose();
        PollerErrors.ThrowIf(errno);
    }

    public void Add(WatchedPty watched)
    {
        watched.ExitDescriptor = OpenProcess(watched);
        if (watched.ExitDescriptor is not null)
            return;
        // Whoever waits just now does not know yet that it is to look for this one.
        watched.MayHaveExited = true;
        Interrupt();
    }

    public void Arm(WatchedPty watched)
    {
        SafeFileHandle master = watched.Pty.Terminal.Master;
        if (watched.Armed == PtyInterest.None)
        {
            Unlist(watched, master);
            return;
        }
        uint events = (watched.Armed.HasFlag(PtyInterest.Output) ? EpollEvents.Input : 0) | (watched.Armed.HasFlag(PtyInterest.Input) ? EpollEvents.Output : 0);
        PollerErrors.ThrowIf(Control(watched.IsListed ? ModifyOperation : AddOperation, master, events, watched.Id * 2));
        watched.IsListed = true;
    }

    public void Remove(WatchedPty watched)
    {
        Unlist(watched, watched.Pty.Terminal.Master);
        // The only descriptor of its kind: closing it takes it off the list.
        watched.ExitDescriptor?.Dispose();
    }

    // Room for all that can be ready: whoever floods takes nobody's place.
    public void Prepare(IReadOnlyDictionary<long, WatchedPty> table)
    {
        int countMax = (table.Count * 2) + 1;
        if (_found.Count < countMax)
            _found = new EpollEvents(countMax * 2);
    }

    public void Wait(int timeoutMs)
    {
        fixed (byte* events = _found.Bytes)
        {
            _foundCount = LinuxCalls.EpollWait(_epoll, events, _found.Count, timeoutMs);
        }
    }

    public void Collect(IReadOnlyDictionary<long, WatchedPty> table)
    {
        for (int index = 0; index < _foundCount; index++)
        {
            (uint events, long key) = _found[index];
            if (key == WakeKey)
                _wake.Drain();
            else if (table.TryGetValue(key / 2, out WatchedPty? watched))
                Note(watched, events, isProcess: key % 2 == 1);
        }
    }

    public void Interrupt() => _wake.Wake();

    public void Dispose()
    {
        _wake.Dispose();
        _epoll.Dispose();
    }

    private static void Note(WatchedPty watched, uint events, bool isProcess)
    {
        if (isProcess)
        {
            // Told once. A process that is being traced cannot be waited for yet: then it is looked at from time to time.
            watched.ExitDescriptor?.Dispose();
            watched.ExitDescriptor = null;
            watched.MayHaveExited = true;
            return;
        }
        watched.IsReadable = (events & (EpollEvents.Input | EpollEvents.HangUp | EpollEvents.Error)) != 0;
        // One that nobody has open any more says that there is room.
        watched.IsWritable = (events & (EpollEvents.Output | EpollEvents.HangUp)) == EpollEvents.Output;
    }

    // An id that is still held when its descriptor was opened was so before: it is that process's.
    private SafeFileHandle? OpenProcess(WatchedPty watched)
    {
        SafeFileHandle? process = _openProcess(watched.Pty.ProcessId);
        if (process is null || (watched.Pty.Child.HoldsId && Control(AddOperation, process, EpollEvents.Input, (watched.Id * 2) + 1) == 0))
            return process;
        process.Dispose();
        return null;
    }

    private void Unlist(WatchedPty watched, SafeFileHandle master)
    {
        if (!watched.IsListed)
            return;
        watched.IsListed = false;
        try
        {
            _ = Control(RemoveOperation, master, 0, 0);
        }
        catch (ObjectDisposedException)
        {
            // Closing it has taken it off the list.
        }
    }

    private int Control(int operation, SafeFileHandle file, uint events, long key)
    {
        EpollEvents change = new(1) { [0] = (events, key) };
        fixed (byte* bytes = change.Bytes)
        {
            return LinuxCalls.EpollControl(_epoll, operation, file, bytes) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }
}
