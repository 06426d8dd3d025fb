namespace Persistence.Terminals.Pty.Posix;

/// <summary>Children whose terminal was closed while they ran. They are waited for when there is an opportunity, so that none stays behind as a zombie. Thread-safe.</summary>
internal sealed class AbandonedChildren
{
    private readonly object _sync = new();
    private readonly List<PosixChild> _children = [];

    /// <summary>There is one more.</summary>
    public event Action? Added;

    /// <summary>Whether any of them is still to be waited for.</summary>
    public bool HasAny
    {
        get
        {
            lock (_sync)
                return _children.Count > 0;
        }
    }

    /// <summary>Takes over a child, unless it has ended.</summary>
    public void Add(PosixChild child)
    {
        Reap();
        if (child.FindExit() is not null)
            return;
        lock (_sync)
            _children.Add(child);
        Added?.Invoke();
    }

    /// <summary>Waits for those that have ended.</summary>
    public void Reap()
    {
        lock (_sync)
            _children.RemoveAll(static child => child.FindExit() is not null);
    }
}
