using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Remove-TerminalWindow: removes windows with their panes; what runs in them is hung up, and their output is gone.</summary>
[Cmdlet(VerbsCommon.Remove, "TerminalWindow", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveTerminalWindowCommand : TerminalCmdlet
{
    /// <summary>The windows.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalWindowCompleter))]
    public TerminalWindowReference[]? Window { get; set; }

    private protected override void Process()
    {
        foreach (TerminalWindowReference window in Window!)
            Change(window.Origin, $"window '{window}'", "Remove terminal window with its panes and their output", store => Remove(store, window.Find(store.Panes.Tree).Id));
    }

    private static void Remove(WalStore store, WindowId window) => Commit(store, batch => batch.DestroyWindow(window));
}
