using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>New-TerminalPane: divides the place of a pane, and starts a program in the new one.</summary>
[Cmdlet(VerbsCommon.New, "TerminalPane", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalPaneInfo))]
public sealed class NewTerminalPaneCommand : NewPaneCmdlet
{
    /// <summary>The pane whose place is divided.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference? Pane { get; set; }

    /// <summary>The window whose active pane's place is divided.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TerminalWindowCompleter))]
    public TerminalWindowReference? Window { get; set; }

    /// <summary>On which side.</summary>
    [Parameter]
    public PanePlace Place { get; set; }

    /// <summary>How much of the place it gets.</summary>
    [Parameter]
    [ValidateRange(1, 99)]
    public int? Percent { get; set; }

    /// <summary>Leave the pane active that is.</summary>
    [Parameter]
    public SwitchParameter NoSelect { get; set; }

    private protected override void Process()
    {
        if (Pane is null == Window is null)
            throw ErrorRecords.ArgumentInvalid("Give either -Pane, whose place is to be divided, or -Window.");
        Create(Pane?.Origin ?? Window?.Origin, Pane is null ? $"window '{Window}'" : $"pane '{Pane}'", "Divide for a new terminal pane", Divide);
    }

    private void Divide(WalStore store)
    {
        TerminalTree tree = store.Panes.Tree;
        (TerminalWindow window, PaneId of) = FindPlace(tree);
        SecretVariables variables = ReadEnvironment(store);
        PaneConfiguration configuration = CreateConfiguration(store, variables.Kept);
        TerminalSize size = ToSize(of == PaneId.None ? TerminalSize.Default : tree.GetPane(of).Size);
        PaneId pane = default;
        Commit(store, batch =>
        {
            pane = batch.CreatePane(window.Id, configuration, size, new PanePlacement { Of = of, Place = Place, Percent = Percent });
            if (!NoSelect)
                batch.SelectPane(window.Id, pane);
        });
        Start(store, pane, variables, host => host.KeepSecrets(pane, variables.Secrets), batch => TakeBack(batch, window, pane));
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetPane(pane)));
    }

    private (TerminalWindow Window, PaneId Of) FindPlace(TerminalTree tree)
    {
        if (Pane is not null)
            return Pane.FindPlace(tree);
        TerminalWindow window = Window!.Find(tree);
        return (window, window.ActivePane);
    }

    private void TakeBack(TerminalBatch batch, TerminalWindow before, PaneId pane)
    {
        batch.DestroyPane(pane);
        if (!NoSelect && before.ActivePane != PaneId.None)
            batch.SelectPane(before.Id, before.ActivePane);
    }
}
