using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>Completes the names of checkpoints.</summary>
public sealed class CheckpointNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        return CompletionStore.Read(fakeBoundParameters, store => store.Engine.GetCheckpoints().Select(checkpoint => checkpoint.Name).OfType<string>())
            .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(CompletionText.Offer);
    }
}
