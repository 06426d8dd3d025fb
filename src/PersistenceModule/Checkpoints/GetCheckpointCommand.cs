using System.Management.Automation;
using Persistence.Checkpoints;

namespace PersistenceModule;

/// <summary>Get-Checkpoint: lists the published checkpoints, oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "Checkpoint", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(CheckpointInfo))]
public sealed class GetCheckpointCommand : StoreCmdlet
{
    /// <summary>Names; wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckpointNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Numbers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public long[]? Id { get; set; }

    private protected override void Process() => ForEachStore(StoreAccess.Read, List);

    private void List(WalStore store)
    {
        IReadOnlyList<CheckpointInfo> all = store.Engine.GetCheckpoints();
        foreach (CheckpointInfo checkpoint in all.Where(checkpoint => IsNamed(checkpoint) && IsNumbered(checkpoint)))
            WriteObject(checkpoint);
        foreach (long id in (Id ?? []).Where(id => all.All(checkpoint => checkpoint.Id != id)))
            WriteError(ErrorRecords.From(ErrorRecords.CheckpointNotFound(id.ToString(System.Globalization.CultureInfo.InvariantCulture), store.Path), id));
        foreach (string name in (Name ?? []).Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !all.Any(checkpoint => Matches(name, checkpoint))))
            WriteError(ErrorRecords.From(ErrorRecords.CheckpointNotFound($"'{name}'", store.Path), name));
    }

    private bool IsNumbered(CheckpointInfo checkpoint) => Id is null || Id.Contains(checkpoint.Id);

    private bool IsNamed(CheckpointInfo checkpoint) => Name is null || Name.Any(name => Matches(name, checkpoint));

    private static bool Matches(string name, CheckpointInfo checkpoint) =>
        checkpoint.Name is not null && WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(checkpoint.Name);
}
