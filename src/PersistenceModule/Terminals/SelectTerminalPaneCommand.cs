using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Select-TerminalPane: makes a pane the active one of its window.</summary>
[Cmdlet(VerbsCommon.Select, "TerminalPane", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalPaneInfo))]
public sealed class SelectTerminalPaneCommand : TerminalCmdlet
{
    /// <summary>The pane.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PaneId")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference? Pane { get; set; }

    /// <summary>Return the pane.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process() => Change(Pane!.Origin, $"pane '{Pane}'", "Select terminal pane", store =>
    {
        TerminalPane pane = Pane.Find(store.Panes.Tree);
        Commit(store, batch => batch.SelectPane(pane.Window, pane.Id));
        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetPane(pane.Id)));
    });
}
