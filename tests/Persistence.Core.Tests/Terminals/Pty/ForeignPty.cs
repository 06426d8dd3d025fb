using Persistence.Terminals;
using Persistence.Terminals.Pty;

namespace Persistence.Tests.Terminals.Pty;

/// <summary>A terminal of no system.</summary>
internal sealed class ForeignPty : IPty
{
    public int ProcessId => 1;

    public DateTimeOffset StartTime => DateTimeOffset.UnixEpoch;

    public int Read(Span<byte> buffer) => 0;

    public int Write(ReadOnlySpan<byte> bytes) => 0;

    public void Resize(TerminalSize size)
    {
    }

    public PtyExit? FindExit() => null;

    public string? FindWorkingDirectory() => null;

    public void Kill()
    {
    }

    public void Dispose()
    {
    }
}
