using Persistence.Terminals;
using Persistence.Terminals.Pty;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>A terminal with a scripted program on it. Everything it does is done when somebody calls.</summary>
internal sealed class ScriptedPty(ScriptedPtySystem system, int processId, DateTimeOffset startTime, string argument, ScriptedProgram program) : IPty
{
    private int _part;
    private long _position;
    private int _leftOfPart = program.Parts[0];
    private bool _isClosed;
    private int? _exitCode;

    public int ProcessId => processId;

    public DateTimeOffset StartTime => startTime;

    /// <summary>What it was started with.</summary>
    public string Argument => argument;

    public ScriptedProgram Program => program;

    /// <summary>How many bytes it has given to whoever reads it.</summary>
    public long GivenBytes => _position;

    /// <summary>How it has ended, if it has.</summary>
    public int? ExitCode => _exitCode;

    /// <summary>How large its terminal is.</summary>
    public TerminalSize Size { get; private set; }

    public bool CanRead => _leftOfPart > 0 || HasEnded;

    private bool HasEnded => _part == program.Parts.Count - 1 && _leftOfPart == 0 && program.ExitCode is not null;

    public int Read(Span<byte> buffer)
    {
        if (_isClosed || (HasEnded && _exitCode is not null))
            return PtyRead.Ended;
        int count = Math.Min(Math.Min(buffer.Length, _leftOfPart), 1 + system.Draw(8192));
        if (count == 0)
        {
            NoteEnd();
            return 0;
        }

        program.Fill(_position, buffer[..count]);
        _position += count;
        _leftOfPart -= count;
        NoteEnd();
        return count;
    }

    /// <summary>A line is what it waits for.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _isClosed)
            return 0;
        int count = 1 + system.Draw(bytes.Length);
        if (bytes[..count].Contains((byte)'\n') && _leftOfPart == 0 && _part < program.Parts.Count - 1)
            _leftOfPart = program.Parts[++_part];
        NoteEnd();
        return count;
    }

    public void Resize(TerminalSize size) => Size = size;

    public PtyExit? FindExit() => _exitCode is int code ? new PtyExit(code, 0) : null;

    public string? FindWorkingDirectory() => null;

    public void Kill() => _exitCode ??= 137;

    public void Dispose() => _isClosed = true;

    private void NoteEnd()
    {
        if (HasEnded)
            _exitCode ??= program.ExitCode;
    }
}
