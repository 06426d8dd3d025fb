using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Completes terminal windows: their numbers, or their targets once a session's name was begun; the list shows their names.</summary>
public sealed class TerminalWindowCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.OfferTargets(wordToComplete, CompletionStore.Read(fakeBoundParameters, store => Describe(store.Panes.Tree)));

    private static IEnumerable<(string Id, string Target, string Description)> Describe(TerminalTree tree) =>
        from window in tree.Windows.Values
        let target = TerminalTargets.Of(tree.GetSession(window.Session).Name, window.Index)
        select (window.Id.ToString(), target, string.Create(CultureInfo.InvariantCulture, $"{window.Id} {target} {window.Name}"));
}
