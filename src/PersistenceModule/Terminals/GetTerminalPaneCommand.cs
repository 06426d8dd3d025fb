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

    /// <summary>Sessions: names, with wildcards, or objects; or targets of windows and panes.</summary>
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
            ForEach(Session, (view, given) => Write(view, SessionSelection.FindPanes(view.Tree, given), seen));
        else if (Session is null)
            WriteOfWindows(seen);
        else
            ForEach(Session, (view, given) => Write(view, SessionSelection.FindPanes(view.Tree, given).Where(pane => Window.Any(window => window.Find(view.Tree).Id == pane.Window)), seen));
    }

    private void WriteOfWindows(HashSet<(string, long)> seen)
    {
        foreach (TerminalWindowReference window in Window!)
            Look(window.Origin, window.Text, view => Write(view, view.Tree.PanesOf(window.Find(view.Tree).Id), seen));
    }

    private void Write(TerminalView view, IEnumerable<TerminalPane> panes, HashSet<(string, long)> seen)
    {
        foreach (TerminalPane pane in panes.Where(pane => (Id is null || Id.Contains(pane.Id.Value)) && seen.Add((view.Origin.StorePath, pane.Id.Value))))
            WriteObject(view.Describe(pane));
        ReportMissing(Id ?? [], id => view.Tree.Panes.ContainsKey(new PaneId(id)), StoreError.PaneNotFound, "pane", view.Origin.StorePath);
    }
}
