using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>
/// Which pane a command is about: its number, <c>session:window.pane</c>, or an object of Get-TerminalPane. A session or a window, by its name or as an object, stands for its active pane.
/// </summary>
public sealed class TerminalPaneReference
{
    private readonly long? _id;
    private readonly TerminalWindowInfo? _window;
    private readonly TerminalSessionInfo? _session;

    /// <summary>A pane by its number or target.</summary>
    public TerminalPaneReference(string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        Text = target;
        _id = TerminalTargets.ToNumber(target);
    }

    /// <summary>The pane of a number.</summary>
    public TerminalPaneReference(long id)
    {
        Text = id.ToString(CultureInfo.InvariantCulture);
        _id = id;
    }

    /// <summary>A pane that was read.</summary>
    public TerminalPaneReference(TerminalPaneInfo pane)
    {
        ArgumentNullException.ThrowIfNull(pane);
        Text = pane.Target;
        Origin = pane.Origin;
        _id = pane.Id;
    }

    /// <summary>The active pane of a window.</summary>
    public TerminalPaneReference(TerminalWindowInfo window)
    {
        ArgumentNullException.ThrowIfNull(window);
        Text = window.Target;
        Origin = window.Origin;
        _window = window;
    }

    /// <summary>The active pane of the active window of a session.</summary>
    public TerminalPaneReference(TerminalSessionInfo session)
    {
        ArgumentNullException.ThrowIfNull(session);
        Text = session.Name;
        Origin = session.Origin;
        _session = session;
    }

    /// <summary>A pane that was restored, or could not be.</summary>
    public TerminalPaneReference(TerminalRestoration restoration)
    {
        ArgumentNullException.ThrowIfNull(restoration);
        Text = restoration.Target;
        Origin = restoration.Origin;
        _id = restoration.PaneId;
    }

    internal string Text { get; }

    internal StoreOrigin? Origin { get; }

    /// <summary>The number or the target.</summary>
    public override string ToString() => Text;

    /// <exception cref="StoreException">SessionNotFound, WindowNotFound, PaneNotFound.</exception>
    internal TerminalPane Find(TerminalTree tree)
    {
        if (_id is long id)
            return tree.GetPane(new PaneId(id));
        return FindWindow(tree) is TerminalWindow window ? TerminalTargets.ActivePaneOf(tree, window) : TerminalTargets.FindPane(tree, Text);
    }

    /// <summary>The window that is to have a new pane, and the pane that makes room for it; none where there is none yet.</summary>
    /// <exception cref="StoreException">SessionNotFound, WindowNotFound, PaneNotFound.</exception>
    internal (TerminalWindow Window, PaneId Of) FindPlace(TerminalTree tree)
    {
        if ((FindWindow(tree) ?? FindNamedWindow(tree)) is TerminalWindow window)
            return (window, window.ActivePane);
        TerminalPane pane = Find(tree);
        return (tree.GetWindow(pane.Window), pane.Id);
    }

    /// <summary>The window, where the name of one or of a session was given instead of a pane.</summary>
    private TerminalWindow? FindNamedWindow(TerminalTree tree) => _id is null ? TerminalTargets.TryFindWholeWindow(tree, Text) : null;

    /// <summary>The window, where one was given instead of a pane, or a session.</summary>
    private TerminalWindow? FindWindow(TerminalTree tree)
    {
        if (_session is not null)
            return TerminalTargets.ActiveWindowOf(tree, tree.GetSession(new SessionId(_session.Id)));
        return _window is null ? null : tree.GetWindow(new WindowId(_window.Id));
    }
}
