using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.State;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>Completes the types of application records: those an open handle has written or read, and those in the log as far as a quick look goes.</summary>
public sealed class RecordTypeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete);
        return CompletionStore.Read(fakeBoundParameters, store => store.KnownTypes.Concat(CompletionStore.Look(store.Path, ReadTypes)), ReadTypes)
            .Where(type => type.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(CompletionText.Offer);
    }

    private static HashSet<string> ReadTypes(WalStore look)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        try
        {
            foreach (LogEntry entry in look.Engine.ReadLog(Lsn.None, RecordType.ApplicationRecord))
                found.Add(ApplicationRecord.Read(entry.Payload.Span, out _));
        }
        catch (OperationCanceledException)
        {
            // As far as the look went.
        }

        return found;
    }
}
