using System.Management.Automation;
using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>Open-WalStore: opens a store and returns the handle.</summary>
[Cmdlet(VerbsCommon.Open, "WalStore", DefaultParameterSetName = OpenWalStoreSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(WalStore))]
public sealed class OpenWalStoreCommand : StoreOptionsCmdlet
{
    /// <summary>The store's directory; wildcards are resolved, except with -Create.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = OpenWalStoreSets.Path, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = OpenWalStoreSets.ReadOnlyPath, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>The store's directory, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OpenWalStoreSets.LiteralPath, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, ParameterSetName = OpenWalStoreSets.ReadOnlyLiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <summary>Create the store if there is none.</summary>
    [Parameter(ParameterSetName = OpenWalStoreSets.Path)]
    [Parameter(ParameterSetName = OpenWalStoreSets.LiteralPath)]
    public SwitchParameter Create { get; set; }

    /// <summary>Open it for reading only, whoever holds it for writing.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OpenWalStoreSets.ReadOnlyPath)]
    [Parameter(Mandatory = true, ParameterSetName = OpenWalStoreSets.ReadOnlyLiteralPath)]
    public SwitchParameter ReadOnly { get; set; }

    private protected override void Process()
    {
        OptionOverrides given = ToOverrides();
        foreach (string path in Path ?? [])
            ForOne(path, null, () => OpenEach(Create ? [StorePaths.ResolveLiteral(this, path)] : StorePaths.Resolve(this, path), given));
        foreach (string path in LiteralPath ?? [])
            ForOne(path, null, () => OpenEach([StorePaths.ResolveLiteral(this, path)], given));
    }

    private void OpenEach(string[] directories, OptionOverrides given)
    {
        foreach (string directory in directories)
            ForOne(directory, directory, () => Open(directory, given));
    }

    private void Open(string directory, OptionOverrides given)
    {
        // Reading changes nothing, so there is nothing to confirm.
        if (!ReadOnly && !ShouldProcess(directory, "Open store for writing"))
            return;
        WalStore store = ReadOnly ? OpenForReading(directory) : Create ? OpenOrCreate(directory, given) : OpenForWriting(directory, given);
        OpenStores.Add(store);
        WriteObject(store);
    }
}
