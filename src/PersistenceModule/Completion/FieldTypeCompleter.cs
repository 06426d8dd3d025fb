using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Completes the types that fields can have.</summary>
public sealed class FieldTypeCompleter : IArgumentCompleter
{
    private static readonly string[] s_names =
        [.. Enum.GetValues<FieldKind>().Where(static kind => kind != FieldKind.None).SelectMany(static kind => new[] { new FieldType(kind), new FieldType(kind, IsArray: true) }).Select(static type => type.ToString())];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        return s_names.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Select(static name => CompletionText.Offer(name, name));
    }
}
