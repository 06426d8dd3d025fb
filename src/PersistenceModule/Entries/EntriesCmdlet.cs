using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A command that returns entries of the log, those of some types, keys or kinds if so asked.</summary>
public abstract class EntriesCmdlet : StoreCmdlet
{
    /// <summary>Types of application records; wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RecordTypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Keys of state items; wildcards, case-sensitive.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[]? Key { get; set; }

    /// <summary>Kinds of entries.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public WalEntryKind[]? Kind { get; set; }

    /// <summary>What these ask for.</summary>
    private protected WalEntryFilter CreateFilter() => new() { Keys = Key, Types = Type, Kinds = Kind };
}
