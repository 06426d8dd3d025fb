using System.Collections.ObjectModel;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>A terminal session as it was when it was read. Commands take it as -Session, and know by it which store is meant.</summary>
public sealed class TerminalSessionInfo
{
    internal TerminalSessionInfo(TerminalView view, TerminalSession session)
    {
        IReadOnlyList<TerminalWindow> windows = view.Tree.WindowsOf(session.Id);
        PaneId[] panes = [.. windows.SelectMany(static window => window.Panes)];
        Origin = view.Origin;
        Id = session.Id.Value;
        Name = session.Name;
        Created = session.Created.ToLocalTime();
        Windows = windows.Count;
        Panes = panes.Length;
        Running = panes.Count(pane => view.IsRunning(view.Tree.Panes[pane]));
        ActiveWindowId = session.ActiveWindow == WindowId.None ? null : session.ActiveWindow.Value;
        ActiveWindowIndex = session.ActiveWindow == WindowId.None ? null : view.Tree.Windows[session.ActiveWindow].Index;
        Metadata = new ReadOnlyDictionary<string, string>(session.Metadata.ToDictionary());
        Environment = TerminalVariable.From(session.Environment.Values, view.SecretPatterns);
    }

    /// <summary>Its number, which no other session of the store ever has.</summary>
    public long Id { get; }

    /// <summary>Its name, which no other session of the store has, in whatever case.</summary>
    public string Name { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>How many windows it has.</summary>
    public int Windows { get; }

    /// <summary>How many panes they have.</summary>
    public int Panes { get; }

    /// <summary>In how many of them a program runs.</summary>
    public int Running { get; }

    /// <summary>The active window's number; null without windows.</summary>
    public long? ActiveWindowId { get; }

    /// <summary>The active window's index; null without windows.</summary>
    public int? ActiveWindowIndex { get; }

    /// <summary>What its owner says of it.</summary>
    public ReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What programs that are started in it find in their environment.</summary>
    public TerminalVariable[] Environment { get; }

    /// <summary>The full path of its store.</summary>
    public string StorePath => Origin.StorePath;

    internal StoreOrigin Origin { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
