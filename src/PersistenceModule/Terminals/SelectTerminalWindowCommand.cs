using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Select-TerminalWindow: makes a window the active one of its session.</summary>
[Cmdlet(VerbsCommon.Select, "TerminalWindow", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalWindowInfo))]
public sealed class SelectTerminalWindowCommand : OneWindowCmdlet
{
    private protected override string Action => "Select terminal window";

    private protected override void Change(TerminalBatch batch, TerminalTree tree, TerminalWindow window) => batch.SelectWindow(window.Session, window.Id);
}
