using Persistence.Platform;
using Persistence.Terminals.Pty.Piped;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>A pseudo console, the program on it, and the two pipes between it and us.</summary>
internal sealed class ConPty : IPipedPty, IPipedProgram
{
    private readonly PseudoConsole _console;
    private readonly ConsoleProcess _process;
    private readonly PipedTerminal _terminal;
    private readonly object _sync = new();
    private PtyExit? _exit;
    private bool _isReleased;

    public ConPty(IScheduler scheduler, PseudoConsole console, ConsoleProcess process, DateTimeOffset startTime, Stream output, Stream input)
    {
        _console = console;
        _process = process;
        StartTime = startTime;
        _terminal = new PipedTerminal(scheduler, output, input, this, () => Changed?.Invoke());
    }

    public event Action? Changed;

    public int ProcessId => _process.ProcessId;

    public DateTimeOffset StartTime { get; }

    public bool CanRead => _terminal.CanRead;

    public bool CanWrite => _terminal.CanWrite;

    public bool HasExited => FindExit() is not null;

    public int Read(Span<byte> buffer) =>
        buffer.IsEmpty ? throw new ArgumentException("The buffer is empty.", nameof(buffer)) : _terminal.Read(buffer);

    public int Write(ReadOnlySpan<byte> bytes) => _terminal.Write(bytes);

    public void Resize(TerminalSize size) => _console.Resize(size);

    public PtyExit? FindExit()
    {
        lock (_sync)
            return _exit ??= _isReleased ? PtyExit.Unknown : _process.FindExit();
    }

    // Windows has no way to ask for another process's.
    public string? FindWorkingDirectory() => null;

    public void Kill()
    {
        lock (_sync)
        {
            if (!_isReleased)
                _process.Kill();
        }
    }

    public void Dispose() => _terminal.Close();

    // The console goes on without programs: its output would never end. Programs that the first one has started may still be on it.
    void IPipedProgram.Look()
    {
        if (HasExited && !_process.HasProcesses)
            _console.Close();
    }

    void IPipedProgram.HangUp() => _console.Close();

    void IPipedProgram.Release()
    {
        lock (_sync)
        {
            _exit ??= _process.FindExit();
            _isReleased = true;
            _process.Dispose();
        }
    }
}
