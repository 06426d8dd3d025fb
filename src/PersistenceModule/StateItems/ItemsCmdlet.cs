using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A command that reads state items: first which, then of which store.</summary>
public abstract class ItemsCmdlet : StoresCmdlet
{
    /// <summary>Keys; wildcards, case-sensitive. All items when left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[]? Key { get; set; }

    /// <summary>Directories of stores; wildcards are resolved.</summary>
    [Parameter(ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Directories of stores, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>Open stores.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.Store, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public WalStore[]? Store { get; set; }

    private protected override StoreSelection Selection => new(Path, LiteralPath, Store);
}
