using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>Completes the names of an open store's checkpoints.</summary>
public sealed class CheckpointNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        return Names(CompletionText.FindStore(fakeBoundParameters))
            .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(CompletionText.Offer);
    }

    private static string[] Names(WalStore? store)
    {
        try
        {
            return store is null ? [] : [.. store.Engine.GetCheckpoints().Select(checkpoint => checkpoint.Name).OfType<string>()];
        }
        catch (StoreException)
        {
            // Completion offers what it can.
            return [];
        }
    }
}
