using Persistence.Terminals;
using Persistence.Terminals.Pty;

namespace Persistence.Tests.Terminals;

/// <summary>A pseudo-terminal of the system, of which a test changes something.</summary>
internal abstract class WrappedPty(IPty inner) : IPty
{
    public IPty Inner => inner;

    public int ProcessId => inner.ProcessId;

    public DateTimeOffset StartTime => inner.StartTime;

    public virtual int Read(Span<byte> buffer) => inner.Read(buffer);

    public int Write(ReadOnlySpan<byte> bytes) => inner.Write(bytes);

    public void Resize(TerminalSize size) => inner.Resize(size);

    public virtual PtyExit? FindExit() => inner.FindExit();

    public string? FindWorkingDirectory() => inner.FindWorkingDirectory();

    public void Kill() => inner.Kill();

    public virtual void Dispose() => inner.Dispose();
}
