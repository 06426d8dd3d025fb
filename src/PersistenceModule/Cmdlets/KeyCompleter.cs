using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>Completes keys from a store that is open; opening one would be too slow.</summary>
public sealed class KeyCompleter : IArgumentCompleter
{
    private const int OffersMax = 200;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        WalStore? store = CompletionText.FindStore(fakeBoundParameters);
        return store is null ? [] : store.State.FindByPrefix(word).Take(OffersMax).Select(item => CompletionText.Offer(item.Key));
    }
}
