using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>Completes the names of configuration keys, with what they do.</summary>
public sealed class ConfigurationNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        return ConfigurationKeys.All
            .Where(key => key.FullName.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(key => new CompletionResult(key.FullName, key.FullName, CompletionResultType.ParameterValue, key.Description));
    }
}
