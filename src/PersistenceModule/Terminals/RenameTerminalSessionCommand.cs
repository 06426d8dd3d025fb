using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Rename-TerminalSession: gives a session another name.</summary>
[Cmdlet(VerbsCommon.Rename, "TerminalSession", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalSessionInfo))]
public sealed class RenameTerminalSessionCommand : TerminalCmdlet
{
    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference? Session { get; set; }

    /// <summary>The name it gets.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = "";

    /// <summary>Return the session.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process() => Change(Session!.Origin, $"session '{Session}'", $"Rename terminal session to '{NewName}'", store =>
    {
        SessionId session = Session.Find(store.Panes.Tree).Id;
        Commit(store, batch => batch.RenameSession(session, NewName));
        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetSession(session)));
    });
}
