namespace Persistence.Terminals;

/// <summary>Gives out ids that were never used. Thread-safe.</summary>
internal sealed class TerminalIds
{
    private long _session;
    private long _window;
    private long _pane;

    /// <summary>Goes on where a state is.</summary>
    public void Reset(NextIds next)
    {
        Volatile.Write(ref _session, next.Session - 1);
        Volatile.Write(ref _window, next.Window - 1);
        Volatile.Write(ref _pane, next.Pane - 1);
    }

    public SessionId NextSession() => new(Interlocked.Increment(ref _session));

    public WindowId NextWindow() => new(Interlocked.Increment(ref _window));

    public PaneId NextPane() => new(Interlocked.Increment(ref _pane));
}
