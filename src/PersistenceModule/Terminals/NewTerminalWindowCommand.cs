using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>New-TerminalWindow: creates a window with a pane in a session, and starts a program in it.</summary>
[Cmdlet(VerbsCommon.New, "TerminalWindow", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalWindowInfo))]
public sealed class NewTerminalWindowCommand : NewPaneCmdlet
{
    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference? Session { get; set; }

    /// <summary>The window's name; without one that of the program.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Its index; without one the next after the greatest.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Index { get; set; }

    /// <summary>Leave the window active that is.</summary>
    [Parameter]
    public SwitchParameter NoSelect { get; set; }

    private protected override void Process() => Create(Session!.Origin, $"session '{Session}'", "Create terminal window", store =>
    {
        TerminalSession session = Session.Find(store.Panes.Tree);
        SecretVariables variables = ReadEnvironment(store);
        PaneConfiguration configuration = CreateConfiguration(store, variables.Kept);
        WindowId window = default;
        PaneId pane = default;
        Commit(store, batch =>
        {
            window = batch.CreateWindow(session.Id, NameWindow(Name, configuration), Index);
            pane = batch.CreatePane(window, configuration, ToSize(TerminalSize.Default));
            if (!NoSelect)
                batch.SelectWindow(session.Id, window);
        });
        Start(store, pane, variables, host => host.KeepSecrets(pane, variables.Secrets), batch => TakeBack(batch, session, window));
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetWindow(window)));
    });

    private void TakeBack(TerminalBatch batch, TerminalSession before, WindowId window)
    {
        batch.DestroyWindow(window);
        if (!NoSelect && before.ActiveWindow != WindowId.None)
            batch.SelectWindow(before.Id, before.ActiveWindow);
    }
}
