using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Checkpoints;

namespace PersistenceModule;

/// <summary>Completes the numbers of checkpoints, newest first; the list shows their names and times.</summary>
public sealed class CheckpointIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionStore.Read(fakeBoundParameters, store => store.Engine.GetCheckpoints())
            .OrderByDescending(checkpoint => checkpoint.Id)
            .Select(Offer)
            .Where(offer => offer.CompletionText.StartsWith(wordToComplete, StringComparison.Ordinal));

    private static CompletionResult Offer(CheckpointInfo checkpoint)
    {
        string id = checkpoint.Id.ToString(CultureInfo.InvariantCulture);
        string description = string.Create(CultureInfo.InvariantCulture, $"{id} {checkpoint.Name} ({(checkpoint.Created is DateTimeOffset created ? created.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "cannot be read")})");
        return new CompletionResult(id, description, CompletionResultType.ParameterValue, description);
    }
}
