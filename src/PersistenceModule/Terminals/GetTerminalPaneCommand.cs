using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Get-TerminalPane: lists panes, window by window, in the order of their layout.</summary>
[Cmdlet(VerbsCommon.Get, "TerminalPane", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(TerminalPaneInfo))]
public sealed class GetTerminalPaneCommand : TerminalReaderCmdlet
{
    private bool _isWindowNamed;

    /// <summary>Sessions: names, with wildcards, or objects.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference[]? Session { get; set; }

    /// <summary>Windows: numbers, targets or objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalWindowCompleter))]
    public TerminalWindowReference[]? Window { get; set; }

    /// <summary>Numbers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public long[]? Id { get; set; }

    private protected override void Begin() => _isWindowNamed = Window is not null;

    private protected override void Process()
    {
        HashSet<(string, long)> seen = [];
        // Text from the pipeline could be either; it names sessions.
        if (Window is null || (Session is not null && !_isWindowNamed))
            ForEachSession(Session, (view, sessions) => Write(view, sessions.SelectMany(session => view.Tree.WindowsOf(session.Id)), seen));
        else if (Session is null)
            WriteOfWindows(seen);
        else
            ForEachSession(Session, (view, sessions) => Write(view, Window.Select(window => window.Find(view.Tree)).Where(window => sessions.Any(session => session.Id == window.Session)), seen));
    }

    private void WriteOfWindows(HashSet<(string, long)> seen)
    {
        foreach (TerminalWindowReference window in Window!)
            Look(window.Origin, window.Text, view => Write(view, [window.Find(view.Tree)], seen));
    }

    private void Write(TerminalView view, IEnumerable<TerminalWindow> windows, HashSet<(string, long)> seen)
    {
        foreach (TerminalPane pane in windows.SelectMany(window => view.Tree.PanesOf(window.Id)).Where(pane => (Id is null || Id.Contains(pane.Id.Value)) && seen.Add((view.Origin.StorePath, pane.Id.Value))))
            WriteObject(view.Describe(pane));
        ReportMissing(Id ?? [], id => view.Tree.Panes.ContainsKey(new PaneId(id)), StoreError.PaneNotFound, "pane", view.Origin.StorePath);
    }
}
