using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Resize-TerminalPane: gives a pane's terminal another size, and the pane another share of its window.</summary>
[Cmdlet(VerbsCommon.Resize, "TerminalPane", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalPaneInfo))]
public sealed class ResizeTerminalPaneCommand : TerminalCmdlet
{
    /// <summary>The panes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PaneId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference[]? Pane { get; set; }

    /// <summary>How wide the terminal is.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(1, TerminalSize.CellsMax)]
    public int? Columns { get; set; }

    /// <summary>How high the terminal is.</summary>
    [Parameter(Position = 2)]
    [ValidateRange(1, TerminalSize.CellsMax)]
    public int? Rows { get; set; }

    /// <summary>The pane's share of the width.</summary>
    [Parameter]
    [ValidateRange(1, 99)]
    public int? WidthPercent { get; set; }

    /// <summary>The pane's share of the height.</summary>
    [Parameter]
    [ValidateRange(1, 99)]
    public int? HeightPercent { get; set; }

    /// <summary>Return the panes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        if ((Columns ?? Rows ?? WidthPercent ?? HeightPercent) is null)
            throw ErrorRecords.ArgumentInvalid("Give -Columns or -Rows for the terminal, -WidthPercent or -HeightPercent for the pane's share of its window.");
        foreach (TerminalPaneReference pane in Pane!)
            Change(pane.Origin, $"pane '{pane}'", "Resize terminal pane", store => Resize(store, pane));
    }

    private void Resize(WalStore store, TerminalPaneReference reference)
    {
        PaneId pane = reference.Find(store.Panes.Tree).Id;
        store.Panes.Exclusively(() => Resize(store, pane));
        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetPane(pane)));
    }

    private void Resize(WalStore store, PaneId id)
    {
        TerminalTree tree = store.Panes.Tree;
        TerminalPane pane = tree.GetPane(id);
        TerminalLayout? layout = Share(tree.GetWindow(pane.Window).Layout!, id);
        Commit(store, batch =>
        {
            if ((Columns ?? Rows) is not null)
                batch.ResizePane(id, new TerminalSize(Columns ?? pane.Size.Columns, Rows ?? pane.Size.Rows));
            if (layout is not null)
                batch.SetLayout(pane.Window, layout);
        });
    }

    /// <returns>Null when nothing is said of it.</returns>
    private TerminalLayout? Share(TerminalLayout layout, PaneId pane)
    {
        TerminalLayout shared = layout;
        if (WidthPercent is int width)
            shared = shared.WithShare(pane, SplitDirection.SideBySide, width) ?? throw NotDivided(pane, "width");
        if (HeightPercent is int height)
            shared = shared.WithShare(pane, SplitDirection.Stacked, height) ?? throw NotDivided(pane, "height");
        return ReferenceEquals(shared, layout) ? null : shared;
    }

    private static StoreException NotDivided(PaneId pane, string what) =>
        new(StoreError.LayoutInvalid, $"Pane {pane} has the whole {what} of its window: there is nothing to share.");
}
