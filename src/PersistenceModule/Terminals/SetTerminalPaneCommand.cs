using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Set-TerminalPane: gives a pane a title, and says what is to run in it when something is started in it next, and how much of its output is kept.</summary>
[Cmdlet(VerbsCommon.Set, "TerminalPane", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalPaneInfo))]
public sealed class SetTerminalPaneCommand : PaneProgramCmdlet
{
    /// <summary>The panes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PaneId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalPaneCompleter))]
    public TerminalPaneReference[]? Pane { get; set; }

    /// <summary>The title; empty for none.</summary>
    [Parameter]
    [ValidateNotNull]
    [AllowEmptyString]
    public string? Title { get; set; }

    /// <summary>Names of variables of which nothing is to be said any more.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RemoveEnvironment { get; set; } = [];

    /// <summary>What is started instead when the pane is restored; empty for the same.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? RestoreCommand { get; set; }

    /// <summary>The arguments of that.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[] RestoreArgumentList { get; set; } = [];

    /// <summary>How many lines of output are kept; 0 for no limit, null for as many as of every pane.</summary>
    [Parameter]
    [AllowNull]
    public long? ScrollbackLines { get; set; }

    /// <summary>How many bytes of output are kept; 0 for no limit, null for as many as of every pane.</summary>
    [Parameter]
    [AllowNull]
    public long? ScrollbackBytes { get; set; }

    /// <summary>Return the panes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        foreach (TerminalPaneReference pane in Pane!)
            Change(pane.Origin, $"pane '{pane}'", "Set terminal pane", store => Set(store, pane));
    }

    private void Set(WalStore store, TerminalPaneReference reference)
    {
        PaneId pane = reference.Find(store.Panes.Tree).Id;
        SecretVariables variables = ReadEnvironment(store);
        store.Panes.Exclusively(() => Set(store, pane, variables));
        KeepSecrets(store, variables.Secrets, host => host.KeepSecrets(pane, variables.Secrets));
        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetPane(pane)));
    }

    private void Set(WalStore store, PaneId pane, SecretVariables variables)
    {
        TerminalTree tree = store.Panes.Tree;
        PaneConfiguration before = tree.GetPane(pane).Configuration;
        PaneConfiguration after = Configure(before, variables, tree.Scrollback);
        Commit(store, batch =>
        {
            if (Title is not null)
                batch.SetPaneTitle(pane, Title);
            if (after != before)
                batch.ConfigurePane(pane, after);
        });
    }

    private PaneConfiguration Configure(PaneConfiguration before, SecretVariables variables, ScrollbackLimits usual)
    {
        PaneConfiguration after = Apply(before, variables.Kept);
        if (RemoveEnvironment.Length > 0)
            after = after with { Environment = TerminalEnvironment.Merge(after.Environment, [], RemoveEnvironment) };
        if (IsGiven(nameof(RestoreCommand)) || IsGiven(nameof(RestoreArgumentList)))
            after = after with { RestoreCommand = ToRestoreCommand(after) };
        if (IsGiven(nameof(ScrollbackLines)) || IsGiven(nameof(ScrollbackBytes)))
            after = after with { Scrollback = ToLimits(after.Scrollback, usual) };
        return after;
    }

    private PaneCommand? ToRestoreCommand(PaneConfiguration configuration)
    {
        if (IsGiven(nameof(RestoreCommand)))
            return string.IsNullOrEmpty(RestoreCommand) ? null : new PaneCommand(RestoreCommand, RestoreArgumentList);
        return new PaneCommand(configuration.RestoreCommand?.Command ?? configuration.Command, RestoreArgumentList);
    }

    /// <summary>One that is taken back is as for every pane; when both are, nothing is said of the pane.</summary>
    private ScrollbackLimits? ToLimits(ScrollbackLimits? own, ScrollbackLimits usual)
    {
        long? lines = IsGiven(nameof(ScrollbackLines)) ? ScrollbackLines : own?.Lines;
        long? bytes = IsGiven(nameof(ScrollbackBytes)) ? ScrollbackBytes : own?.Bytes;
        if (lines < 0 || bytes < 0)
            throw ErrorRecords.ArgumentInvalid("-ScrollbackLines and -ScrollbackBytes are 0, for no limit, or more.");
        return lines is null && bytes is null ? null : new ScrollbackLimits(lines ?? usual.Lines, bytes ?? usual.Bytes);
    }
}
