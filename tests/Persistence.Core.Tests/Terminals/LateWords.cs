using System.Text;
using Persistence.Terminals.Pty;

namespace Persistence.Tests.Terminals;

/// <summary>The system's pseudo-terminals, on which programs are quick: once a test says so, one that is asked whether it has ended says a last word, and ends.</summary>
internal sealed class LateWords(IPtySystem system) : IPtySystem
{
    public const string Words = "last words";

    public bool EndsWhenAsked { get; set; }

    public IPty Spawn(PtyStart start) => new LatePty(this, system.Spawn(start));

    public IPtyPoller CreatePoller() => new WrappedPoller(system.CreatePoller());

    private sealed class LatePty(LateWords owner, IPty pty) : WrappedPty(pty)
    {
        private bool _hasEnded;
        private bool _hasSpoken;

        public override int Read(Span<byte> buffer)
        {
            if (!_hasEnded)
                return base.Read(buffer);
            if (_hasSpoken)
                return PtyRead.Ended;
            _hasSpoken = true;
            return Encoding.ASCII.GetBytes(Words, buffer);
        }

        public override PtyExit? FindExit()
        {
            _hasEnded |= owner.EndsWhenAsked;
            return _hasEnded ? new PtyExit(0, 0) : base.FindExit();
        }
    }
}
