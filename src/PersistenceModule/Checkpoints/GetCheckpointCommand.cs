using System.Management.Automation;
using Persistence.Checkpoints;

namespace PersistenceModule;

/// <summary>Get-Checkpoint: lists the published checkpoints, oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "Checkpoint", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(CheckpointInfo))]
public sealed class GetCheckpointCommand : StoreCmdlet
{
    private WildcardPattern[] _names = [];

    /// <summary>Names; wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckpointNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Numbers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CheckpointIdCompleter))]
    public long[]? Id { get; set; }

    private protected override void Begin() => _names = Array.ConvertAll(Name ?? [], name => Patterns.Compile(name, WildcardOptions.IgnoreCase));

    private protected override void Process() => ForEachStore(StoreAccess.Read, List);

    private void List(WalStore store)
    {
        IReadOnlyList<CheckpointInfo> all = store.Engine.GetCheckpoints();
        foreach (CheckpointInfo checkpoint in all.Where(checkpoint => IsNamed(checkpoint) && IsNumbered(checkpoint)))
            WriteObject(checkpoint);
        foreach (long id in (Id ?? []).Where(id => all.All(checkpoint => checkpoint.Id != id)))
            WriteError(ToRecord(ErrorRecords.CheckpointNotFound(id.ToString(System.Globalization.CultureInfo.InvariantCulture), store.Path), id, store.Path));
        foreach (string name in (Name ?? []).Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !all.Any(checkpoint => IsExactly(name, checkpoint))))
            WriteError(ToRecord(ErrorRecords.CheckpointNotFound($"'{name}'", store.Path), name, store.Path));
    }

    private bool IsNumbered(CheckpointInfo checkpoint) => Id is null || Id.Contains(checkpoint.Id);

    private bool IsNamed(CheckpointInfo checkpoint) => Name is null || (checkpoint.Name is string own && _names.Any(name => name.IsMatch(own)));

    private static bool IsExactly(string name, CheckpointInfo checkpoint) =>
        string.Equals(WildcardPattern.Unescape(name), checkpoint.Name, StringComparison.OrdinalIgnoreCase);
}
