using System.IO.Pipes;
using Persistence.Platform;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Piped;

namespace Persistence.Tests.Terminals.Pty.Piped;

/// <summary>A program that is the test itself, behind two pipes of the system.</summary>
internal sealed class PipedProgram : IPipedPty, IPipedProgram
{
    private readonly AnonymousPipeServerStream _ownOutput = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _ownInput = new(PipeDirection.In);
    private readonly PipedTerminal _terminal;
    private volatile bool _hasExited;

    public PipedProgram()
    {
        AnonymousPipeClientStream output = new(PipeDirection.In, _ownOutput.ClientSafePipeHandle);
        AnonymousPipeClientStream input = new(PipeDirection.Out, _ownInput.ClientSafePipeHandle);
        _terminal = new PipedTerminal(SystemScheduler.Instance, output, input, this, () => Changed?.Invoke());
    }

    public event Action? Changed;

    public int Looks { get; private set; }

    public bool IsHungUp { get; private set; }

    public ManualResetEventSlim Released { get; } = new();

    public bool CanRead => _terminal.CanRead;

    public bool CanWrite => _terminal.CanWrite;

    public bool HasExited => _hasExited;

    public int ProcessId => 1;

    public DateTimeOffset StartTime => DateTimeOffset.UnixEpoch;

    /// <summary>What the program says.</summary>
    public void Say(ReadOnlySpan<byte> bytes) => _ownOutput.Write(bytes);

    /// <summary>What it hears.</summary>
    public int Hear(Span<byte> buffer) => _ownInput.Read(buffer);

    /// <summary>It ends, and its output with it.</summary>
    public void Exit()
    {
        _hasExited = true;
        _ownOutput.Dispose();
    }

    /// <summary>It hears nothing more.</summary>
    public void Deafen() => _ownInput.Dispose();

    public int Read(Span<byte> buffer) => _terminal.Read(buffer);

    public int Write(ReadOnlySpan<byte> bytes) => _terminal.Write(bytes);

    public void Resize(TerminalSize size)
    {
    }

    public PtyExit? FindExit() => _hasExited ? new PtyExit(0, 0) : null;

    public string? FindWorkingDirectory() => null;

    public void Kill() => Exit();

    public void Dispose() => _terminal.Close();

    public void Look() => Looks++;

    public void HangUp()
    {
        IsHungUp = true;
        Exit();
    }

    public void Release() => Released.Set();
}
