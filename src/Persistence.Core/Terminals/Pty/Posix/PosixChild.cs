namespace Persistence.Terminals.Pty.Posix;

/// <summary>
/// A process of ours. Its id is its own until it has ended and was waited for, and may be another's after that: what uses the id is done only before.
/// </summary>
internal sealed class PosixChild(int processId)
{
    private const int KillSignal = 9;

    private readonly object _sync = new();
    private PtyExit? _exit;

    /// <summary>Its process id.</summary>
    public int ProcessId { get; } = processId;

    /// <summary>How it has ended, or null: it runs. Waits for it once.</summary>
    public PtyExit? FindExit()
    {
        lock (_sync)
            return _exit ??= WaitStatus.TryReap(ProcessId);
    }

    /// <summary>Whether its id is still its own.</summary>
    public bool HoldsId
    {
        get
        {
            lock (_sync)
                return _exit is null;
        }
    }

    /// <summary>Ends its process group, and another one of its session, at once.</summary>
    /// <param name="otherGroup">0 or less: none.</param>
    public void KillGroups(int otherGroup)
    {
        lock (_sync)
        {
            if (_exit is not null)
                return;
            _ = PosixCalls.Kill(-ProcessId, KillSignal);
            if (otherGroup > 1 && otherGroup != ProcessId)
                _ = PosixCalls.Kill(-otherGroup, KillSignal);
        }
    }
}
