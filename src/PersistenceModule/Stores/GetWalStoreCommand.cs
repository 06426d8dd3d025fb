using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Get-WalStore: lists this process's handles, or describes stores.</summary>
[Cmdlet(VerbsCommon.Get, "WalStore", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(WalStore))]
[OutputType(typeof(WalStoreInfo))]
public sealed class GetWalStoreCommand : StoreCmdlet
{
    /// <summary>The store that commands use here when none is given.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Current))]
    public SwitchParameter Current { get; set; }

    private protected override void Process()
    {
        if (Current)
            WriteObject(StoreScopes.Current ?? throw ErrorRecords.StoreNotSpecified());
        else if (Selection.IsEmpty)
            WriteObject(OpenStores.All.Union(StoreScopes.All), enumerateCollection: true);
        else
            ForEachStore(StoreAccess.Read, store => WriteObject(store.Describe()));
    }
}
