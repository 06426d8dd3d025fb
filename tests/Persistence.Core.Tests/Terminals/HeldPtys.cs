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

    public IPtyPoller CreatePoller() => new WrappedPoller(system.CreatePoller(), ready => ready with { CanRead = ready.CanRead && !IsMute });

    public void Dispose() => Release();

    private sealed class HeldPty(HeldPtys owner, IPty pty) : WrappedPty(pty)
    {
        public override int Read(Span<byte> buffer)
        {
            if (ProcessId == owner.BrokenProcess)
                throw new InvalidOperationException("The terminal is broken.");
            int count = base.Read(buffer);
            Interlocked.Add(ref owner._readBytes, Math.Max(0, count));
            return count;
        }

        public override PtyExit? FindExit()
        {
            owner.AskedForExit?.Invoke();
            return base.FindExit();
        }

        public override void Dispose()
        {
            Assert.True(owner._released.Wait(HostedStore.Patience, CancellationToken.None));
            base.Dispose();
        }
    }
}
