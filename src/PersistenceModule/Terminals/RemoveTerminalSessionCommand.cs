using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Remove-TerminalSession: removes sessions with their windows and panes; what runs in them is hung up, and their output is gone.</summary>
[Cmdlet(VerbsCommon.Remove, "TerminalSession", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveTerminalSessionCommand : TerminalCmdlet
{
    /// <summary>The sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference[]? Session { get; set; }

    private protected override void Process()
    {
        foreach (TerminalSessionReference session in Session!)
            Change(session.Origin, $"session '{session}'", "Remove terminal session with its windows, panes and their output", store => Remove(store, session.Find(store.Panes.Tree).Id));
    }

    private static void Remove(WalStore store, SessionId session) => Commit(store, batch => batch.DestroySession(session));
}
