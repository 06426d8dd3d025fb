using Persistence.Storage.Disk;

namespace Persistence.Terminals.Pty.Posix;

/// <summary>A pseudo-terminal of Linux or macOS, and the program on it.</summary>
internal sealed class PosixPty(IPosixPlatform platform, AbandonedChildren abandoned, PosixTerminal terminal, PosixChild child, DateTimeOffset startTime) : IPty
{
    private int _isDisposed;
    private volatile bool _hasOutputEnded;
    private volatile bool _hasInputEnded;

    public int ProcessId => child.ProcessId;

    public DateTimeOffset StartTime { get; } = startTime;

    /// <summary>What it is waited for by.</summary>
    public PosixTerminal Terminal => terminal;

    /// <summary>The process on it.</summary>
    public PosixChild Child => child;

    /// <summary>What there is no use in waiting for any more.</summary>
    public PtyInterest Ended => _hasOutputEnded ? PtyInterest.Output | PtyInterest.Input : _hasInputEnded ? PtyInterest.Input : PtyInterest.None;

    public int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            throw new ArgumentException("The buffer is empty.", nameof(buffer));
        int count = terminal.Read(buffer, out int errno);
        if (errno == UnixErrors.WouldBlock)
        {
            if (!HasLetGoOfSlave())
                return 0;
            count = terminal.Read(buffer, out errno);
        }
        if (count > 0 || errno == UnixErrors.WouldBlock)
            return count;
        // No bytes, or EIO, which is how Linux says it: nobody has the terminal open.
        _hasOutputEnded = true;
        return PtyRead.Ended;
    }

    public int Write(ReadOnlySpan<byte> bytes)
    {
        // Linux goes on taking what nobody can read any more.
        if (bytes.IsEmpty || Ended.HasFlag(PtyInterest.Input))
            return 0;
        int count = terminal.Write(bytes, out int errno);
        _hasInputEnded |= errno != 0 && errno != UnixErrors.WouldBlock;
        return count;
    }

    public void Resize(TerminalSize size) => terminal.Resize(size);

    public PtyExit? FindExit()
    {
        PtyExit? exit = child.FindExit();
        if (exit is not null)
            terminal.CloseSlave();
        return exit;
    }

    public string? FindWorkingDirectory() => FindForegroundDirectory() ?? FindOwnDirectory();

    public void Kill() => child.KillGroups(terminal.FindForegroundGroup());

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        terminal.Dispose();
        abandoned.Add(child);
    }

    // Whoever reads and asks nothing else would never see the end of the output: the slave that we hold would keep it open.
    private bool HasLetGoOfSlave() => !terminal.IsSlaveClosed && FindExit() is not null;

    // An id that is still held when the directory was read was so before.
    private string? FindOwnDirectory()
    {
        string? directory = platform.FindWorkingDirectory(ProcessId);
        return child.HoldsId ? directory : null;
    }

    // The session is asked after the directory was read: an id that was another's meanwhile belongs to another session.
    private string? FindForegroundDirectory()
    {
        int group = terminal.FindForegroundGroup();
        if (group <= 1 || group == ProcessId || platform.FindWorkingDirectory(group) is not { } directory)
            return null;
        return PosixCalls.SessionOf(group) == ProcessId ? directory : null;
    }
}
