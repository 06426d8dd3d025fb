using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>The system's pseudo-terminals, none of which is let go of before a test says so; what is read of them is counted.</summary>
internal sealed class HeldPtys(IPtySystem system) : IPtySystem, IDisposable
{
    private readonly ManualResetEventSlim _released = new();
    private long _readBytes;

    /// <summary>How many bytes were read of all of them.</summary>
    public long ReadBytes => Interlocked.Read(ref _readBytes);

    /// <summary>Whether output is announced no more.</summary>
    public bool IsMute { get; set; }

    /// <summary>The process of the terminal that cannot be read any more.</summary>
    public int? BrokenProcess { get; set; }

    /// <summary>Called whenever somebody asks whether a program has ended.</summary>
    public Action? AskedForExit { get; set; }

    public void Release() => _released.Set();

    public IPty Spawn(PtyStart start) => new HeldPty(this, system.Spawn(start));

    public IPtyPoller CreatePoller() => new HeldPoller(this, system.CreatePoller());

    public void Dispose() => Release();

    private sealed class HeldPty(HeldPtys owner, IPty pty) : IPty
    {
        public IPty Inner => pty;

        public int ProcessId => pty.ProcessId;

        public DateTimeOffset StartTime => pty.StartTime;

        public int Read(Span<byte> buffer)
        {
            if (ProcessId == owner.BrokenProcess)
                throw new InvalidOperationException("The terminal is broken.");
            int count = pty.Read(buffer);
            Interlocked.Add(ref owner._readBytes, Math.Max(0, count));
            return count;
        }

        public int Write(ReadOnlySpan<byte> bytes) => pty.Write(bytes);

        public void Resize(TerminalSize size) => pty.Resize(size);

        public PtyExit? FindExit()
        {
            owner.AskedForExit?.Invoke();
            return pty.FindExit();
        }

        public string? FindWorkingDirectory() => pty.FindWorkingDirectory();

        public void Kill() => pty.Kill();

        public void Dispose()
        {
            Assert.True(owner._released.Wait(HostedStore.Patience, CancellationToken.None));
            pty.Dispose();
        }
    }

    private sealed class HeldPoller(HeldPtys owner, IPtyPoller poller) : IPtyPoller
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
                ready.Add(one with { Pty = _outer[one.Pty], CanRead = one.CanRead && !owner.IsMute });
        }

        public void Dispose() => poller.Dispose();

        private static IPty Inner(IPty pty) => ((HeldPty)pty).Inner;
    }
}
