using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A command whose first argument is the store.</summary>
public abstract class StoreCmdlet : StoresCmdlet
{
    /// <summary>Directories of stores; wildcards are resolved.</summary>
    [Parameter(Position = 0, ParameterSetName = ParameterSets.Path, ValueFromPipeline = true)]
    [StorePathTransformation]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Directories of stores, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ParameterSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>Open stores.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ParameterSets.Store, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public WalStore[]? Store { get; set; }

    private protected override StoreSelection Selection => new(Path, LiteralPath, Store);
}
