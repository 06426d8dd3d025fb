using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Remove-TerminalPane: removes panes; what runs in them is hung up, and their output is gone.</summary>
[Cmdlet(VerbsCommon.Remove, "TerminalPane", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveTerminalPaneCommand : TerminalCmdlet
{
    /// <summary>The panes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PaneId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference[]? Pane { get; set; }

    private protected override void Process()
    {
        foreach (TerminalPaneReference pane in Pane!)
            Change(pane.Origin, $"pane '{pane}'", "Remove terminal pane with its output", store => Remove(store, pane.Find(store.Panes.Tree).Id));
    }

    private static void Remove(WalStore store, PaneId pane) => Commit(store, batch => batch.DestroyPane(pane));
}
