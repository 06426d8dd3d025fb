using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Rename-TerminalWindow: gives a window another name.</summary>
[Cmdlet(VerbsCommon.Rename, "TerminalWindow", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalWindowInfo))]
public sealed class RenameTerminalWindowCommand : OneWindowCmdlet
{
    /// <summary>The name it gets.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = "";

    private protected override string Action => $"Rename terminal window to '{NewName}'";

    private protected override void Change(TerminalBatch batch, TerminalTree tree, TerminalWindow window) => batch.RenameWindow(window.Id, NewName);
}
