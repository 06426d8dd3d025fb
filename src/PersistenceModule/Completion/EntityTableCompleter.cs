using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>Completes the names of tables of components.</summary>
public sealed class EntityTableCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        return CompletionStore.Read(fakeBoundParameters, static store => store.Entities.Schema.Tables.Values.Select(static table => table.Name))
            .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(static name => CompletionText.Offer(name, name));
    }
}
