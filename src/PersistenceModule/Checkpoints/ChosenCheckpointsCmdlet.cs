using System.Globalization;
using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A command that works on some of the checkpoints of a store, or on all.</summary>
public abstract class ChosenCheckpointsCmdlet : StoreCmdlet
{
    private WildcardPattern[] _names = [];

    /// <summary>Names; wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckpointNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Numbers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CheckpointIdCompleter))]
    public long[]? Id { get; set; }

    private protected override void Begin() => _names = Array.ConvertAll(Name ?? [], name => Patterns.Compile(name, WildcardOptions.IgnoreCase));

    /// <summary>Those that were asked for; an error for each number, and for each name without wildcards, that there is none of.</summary>
    private protected IReadOnlyList<T> Choose<T>(IReadOnlyList<T> all, Func<T, long> id, Func<T, string?> name, string directory)
    {
        foreach (long missing in (Id ?? []).Where(wanted => all.All(one => id(one) != wanted)))
            WriteError(ToRecord(ErrorRecords.CheckpointNotFound(missing.ToString(CultureInfo.InvariantCulture), directory), missing, directory));
        foreach (string missing in (Name ?? []).Where(wanted => !WildcardPattern.ContainsWildcardCharacters(wanted) && !all.Any(one => IsExactly(wanted, name(one)))))
            WriteError(ToRecord(ErrorRecords.CheckpointNotFound($"'{missing}'", directory), missing, directory));
        return all.Where(one => IsNumbered(id(one)) && IsNamed(name(one))).ToArray();
    }

    private bool IsNumbered(long id) => Id is null || Id.Contains(id);

    private bool IsNamed(string? name) => Name is null || (name is not null && _names.Any(pattern => pattern.IsMatch(name)));

    private static bool IsExactly(string wanted, string? name) =>
        string.Equals(WildcardPattern.Unescape(wanted), name, StringComparison.OrdinalIgnoreCase);
}
