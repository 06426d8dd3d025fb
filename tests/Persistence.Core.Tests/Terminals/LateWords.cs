using System.Text;
using Persistence.Terminals;
using Persistence.Terminals.Pty;

namespace Persistence.Tests.Terminals;

/// <summary>The system's pseudo-terminals, on which programs are quick: once a test says so, one that is asked whether it has ended says a last word, and ends.</summary>
internal sealed class LateWords(IPtySystem system) : IPtySystem
{
    public const string Words = "last words";

    public bool EndsWhenAsked { get; set; }

    public IPty Spawn(PtyStart start) => new LatePty(this, system.Spawn(start));

    public IPtyPoller CreatePoller() => new LatePoller(system.CreatePoller());

    private sealed class LatePty(LateWords owner, IPty pty) : IPty
    {
        private bool _hasEnded;
        private bool _hasSpoken;

        public IPty Inner => pty;

        public int ProcessId => pty.ProcessId;

        public DateTimeOffset StartTime => pty.StartTime;

        public int Read(Span<byte> buffer)
        {
            if (!_hasEnded)
                return pty.Read(buffer);
            if (_hasSpoken)
                return PtyRead.Ended;
            _hasSpoken = true;
            return Encoding.ASCII.GetBytes(Words, buffer);
        }

        public int Write(ReadOnlySpan<byte> bytes) => pty.Write(bytes);

        public void Resize(TerminalSize size) => pty.Resize(size);

        public PtyExit? FindExit()
        {
            _hasEnded |= owner.EndsWhenAsked;
            return _hasEnded ? new PtyExit(0, 0) : pty.FindExit();
        }

        public string? FindWorkingDirectory() => pty.FindWorkingDirectory();

        public void Kill() => pty.Kill();

        public void Dispose() => pty.Dispose();
    }

    private sealed class LatePoller(IPtyPoller poller) : IPtyPoller
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
                ready.Add(one with { Pty = _outer[one.Pty] });
        }

        public void Dispose() => poller.Dispose();

        private static IPty Inner(IPty pty) => ((LatePty)pty).Inner;
    }
}
