using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Restart-TerminalPane: starts a pane's program anew, or another one; what runs in it is hung up first.</summary>
[Cmdlet(VerbsLifecycle.Restart, "TerminalPane", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalPaneInfo))]
public sealed class RestartTerminalPaneCommand : PaneProgramCmdlet
{
    /// <summary>The panes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PaneId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference[]? Pane { get; set; }

    /// <summary>Return the panes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        foreach (TerminalPaneReference pane in Pane!)
        {
            StoreTarget target = FindTarget(pane.Origin, StoreAccess.Write);
            ForOneOf(pane.Text, target, () =>
            {
                WalStore store = ToRun(target);
                if (ShouldProcess($"pane '{pane}' ({target.Directory})", "Restart terminal pane"))
                    Restart(store, pane);
            });
        }
    }

    private void Restart(WalStore store, TerminalPaneReference reference)
    {
        TerminalPane pane = reference.Find(store.Panes.Tree);
        SecretVariables variables = ReadEnvironment(store);
        PaneConfiguration configuration = Apply(pane.Configuration, variables.Kept);
        Configure(store, pane.Id, pane.Configuration, configuration);
        KeepSecrets(store, variables.Secrets, host => host.KeepSecrets(pane.Id, variables.Secrets));
        try
        {
            store.Panes.RequireHost(CurrentDirectory).Restart(pane.Id);
        }
        catch (StoreException e) when (e.Error == StoreError.PtySpawnFailed)
        {
            // What cannot be started is not what is to run in it.
            Configure(store, pane.Id, configuration, pane.Configuration);
            throw;
        }

        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetPane(pane.Id)));
    }

    private static void Configure(WalStore store, PaneId pane, PaneConfiguration before, PaneConfiguration after)
    {
        if (after != before)
            Commit(store, batch => batch.ConfigurePane(pane, after));
    }
}
