using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Completes fields: of the table that the command line names, or, where it names none, of all tables as <c>Process.Name</c>. The list shows their types.</summary>
public sealed class EntityFieldCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        string? table = fakeBoundParameters["Table"]?.ToString();
        return CompletionStore.Read(fakeBoundParameters, store => FieldsOf(store.Entities.Schema, table))
            .Where(field => field.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(static field => CompletionText.Offer(field.Name, field.Description));
    }

    private static IEnumerable<(string Name, string Description)> FieldsOf(EntitySchema schema, string? table)
    {
        if (table is not null)
            return schema.Find(table)?.Fields.Select(static field => (field.Name, $"{field.Name} {field.Type}")) ?? [];
        return schema.Tables.Values.SelectMany(static one => one.Fields.Select(field => ($"{one.Name}.{field.Name}", $"{one.Name}.{field.Name} {field.Type}")));
    }
}
