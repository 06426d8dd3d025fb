using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>Completes keys of state items.</summary>
public sealed class KeyCompleter : IArgumentCompleter
{
    private const int OffersMax = 200;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        return CompletionStore.Read(fakeBoundParameters, store => store.State.FindByPrefix(word).Take(OffersMax).Select(item => item.Key)).Select(CompletionText.Offer);
    }
}
