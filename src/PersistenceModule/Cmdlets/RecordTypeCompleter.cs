using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>Completes the types of application records that an open store has written or read.</summary>
public sealed class RecordTypeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        WalStore? store = CompletionText.FindStore(fakeBoundParameters);
        return store is null ? [] : store.KnownTypes
            .Where(type => type.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(CompletionText.Offer);
    }
}
