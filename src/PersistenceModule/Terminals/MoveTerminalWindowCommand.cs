using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Move-TerminalWindow: gives a window another index, or puts it into another session.</summary>
[Cmdlet(VerbsCommon.Move, "TerminalWindow", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalWindowInfo))]
public sealed class MoveTerminalWindowCommand : OneWindowCmdlet
{
    /// <summary>Its index from now on; without one the next after the greatest.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(0, int.MaxValue)]
    public int? Index { get; set; }

    /// <summary>The session it is in from now on; without one that it is in.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference? Session { get; set; }

    private protected override string Action => "Move terminal window";

    private protected override void Change(TerminalBatch batch, TerminalTree tree, TerminalWindow window) =>
        batch.MoveWindow(window.Id, Session?.Find(tree).Id ?? window.Session, Index);
}
