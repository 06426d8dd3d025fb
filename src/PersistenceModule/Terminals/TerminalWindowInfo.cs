using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>A terminal window as it was when it was read. Commands take it as -Window, and know by it which store is meant.</summary>
public sealed class TerminalWindowInfo
{
    internal TerminalWindowInfo(TerminalView view, TerminalWindow window)
    {
        TerminalSession session = view.Tree.GetSession(window.Session);
        Origin = view.Origin;
        Id = window.Id.Value;
        Index = window.Index;
        Name = window.Name;
        SessionId = session.Id.Value;
        SessionName = session.Name;
        IsActive = session.ActiveWindow == window.Id;
        Created = window.Created.ToLocalTime();
        Layout = window.Layout;
        PaneIds = [.. window.Panes.Select(static pane => pane.Value)];
        Running = window.Panes.Count(pane => view.IsRunning(view.Tree.Panes[pane]));
        ActivePaneId = window.ActivePane == PaneId.None ? null : window.ActivePane.Value;
    }

    /// <summary>Its number, which no other window of the store ever has.</summary>
    public long Id { get; }

    /// <summary>Its session's name, a colon, and its index: commands take it as -Window.</summary>
    public string Target => TerminalTargets.Of(SessionName, Index);

    /// <summary>Its place among the windows of the session.</summary>
    public int Index { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its session's number.</summary>
    public long SessionId { get; }

    /// <summary>Its session's name.</summary>
    public string SessionName { get; }

    /// <summary>Whether it is the active window of its session.</summary>
    public bool IsActive { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>How its panes share its place, by their numbers: [1|2] side by side, [1/2] one above the other, 2*1 for twice the weight; null without panes.</summary>
    public TerminalLayout? Layout { get; }

    /// <summary>The numbers of its panes, in the layout's order.</summary>
    public long[] PaneIds { get; }

    /// <summary>In how many of them a program runs.</summary>
    public int Running { get; }

    /// <summary>The active pane's number; null without panes.</summary>
    public long? ActivePaneId { get; }

    /// <summary>The full path of its store.</summary>
    public string StorePath => Origin.StorePath;

    internal StoreOrigin Origin { get; }

    /// <summary>The target.</summary>
    public override string ToString() => Target;
}
