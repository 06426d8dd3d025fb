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
        PaneId pane = reference.Find(store.Panes.Tree).Id;
        SecretVariables variables = ReadEnvironment(store);
        (PaneConfiguration before, PaneConfiguration after) = Configure(store, pane, configuration => Apply(configuration, variables.Kept));
        try
        {
            KeepSecrets(store, variables.Secrets, host => host.KeepSecrets(pane, variables.Secrets));
            store.Panes.RequireHost(CurrentDirectory).Restart(pane);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            TakeBack(store, pane, before, after);
            throw;
        }

        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetPane(pane)));
    }

    /// <returns>The configuration as the store had it, and as it has it now.</returns>
    private static (PaneConfiguration Before, PaneConfiguration After) Configure(WalStore store, PaneId pane, Func<PaneConfiguration, PaneConfiguration> change)
    {
        (PaneConfiguration Before, PaneConfiguration After) noted = default;
        store.Panes.Exclusively(() =>
        {
            PaneConfiguration before = store.Panes.Tree.GetPane(pane).Configuration;
            PaneConfiguration after = change(before);
            if (after != before)
                Commit(store, batch => batch.ConfigurePane(pane, after));
            noted = (before, store.Panes.Tree.GetPane(pane).Configuration);
        });
        return noted;
    }

    /// <summary>What cannot be started is not what is to run in it, unless somebody has said something else meanwhile.</summary>
    private static void TakeBack(WalStore store, PaneId pane, PaneConfiguration before, PaneConfiguration after)
    {
        try
        {
            Configure(store, pane, now => ReferenceEquals(now, after) ? before : now);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            // Why nothing could be started is what matters.
        }
    }
}
