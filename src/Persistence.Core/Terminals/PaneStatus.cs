namespace Persistence.Terminals;

/// <summary>Whether a program runs in a pane. On disk, never change.</summary>
public enum PaneStatus : byte
{
    /// <summary>None does: it was never started, or its host was closed and it is started again when the pane is restored.</summary>
    Detached = 0,

    /// <summary>One does; or did, when the host died.</summary>
    Running = 1,

    /// <summary>It has ended by itself, and is not started again unless that is asked for.</summary>
    Exited = 2,
}
