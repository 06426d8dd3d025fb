using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>A command that changes a window.</summary>
public abstract class OneWindowCmdlet : TerminalCmdlet
{
    /// <summary>The window.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TerminalWindowCompleter))]
    public TerminalWindowReference? Window { get; set; }

    /// <summary>Return the window.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What is done, in words.</summary>
    private protected abstract string Action { get; }

    /// <summary>Does it.</summary>
    private protected abstract void Change(TerminalBatch batch, TerminalTree tree, TerminalWindow window);

    private protected override void Process() => Change(Window!.Origin, $"window '{Window}'", Action, store =>
    {
        TerminalTree tree = store.Panes.Tree;
        TerminalWindow window = Window.Find(tree);
        Commit(store, batch => Change(batch, tree, window));
        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetWindow(window.Id)));
    });
}
