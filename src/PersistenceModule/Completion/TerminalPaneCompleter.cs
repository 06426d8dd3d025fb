using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Completes terminal panes: their numbers, or their targets once a session's name was begun; the list shows their programs.</summary>
public sealed class TerminalPaneCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.OfferTargets(wordToComplete, CompletionStore.Read(fakeBoundParameters, store => Describe(store.Panes.Tree)));

    private static IEnumerable<(string Id, string Target, string Description)> Describe(TerminalTree tree) =>
        from pane in tree.Panes.Values
        let window = tree.GetWindow(pane.Window)
        let target = TerminalTargets.Of(tree.GetSession(window.Session).Name, window.Index, window.Panes.ToList().IndexOf(pane.Id))
        select (pane.Id.ToString(), target, string.Create(CultureInfo.InvariantCulture, $"{pane.Id} {target} {pane.Configuration.Command}"));
}
