using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Get-WalStore: lists this process's handles, or describes stores, or says how they are.</summary>
[Cmdlet(VerbsCommon.Get, "WalStore", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(WalStore))]
[OutputType(typeof(WalStoreInfo))]
[OutputType(typeof(WalStoreHealth))]
public sealed class GetWalStoreCommand : StoreCmdlet
{
    /// <summary>The store that commands use here when none is given.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Current))]
    public SwitchParameter Current { get; set; }

    /// <summary>Probe the stores and return how they are.</summary>
    [Parameter]
    public SwitchParameter Health { get; set; }

    private protected override void Process()
    {
        if (Current)
            Write(StoreScopes.Current ?? throw ErrorRecords.StoreNotSpecified());
        else if (Selection.IsEmpty)
            ListOpen();
        else
            ForEachStore(StoreAccess.Read, store => WriteObject(Health ? new WalStoreHealth(store) : store.Describe()));
    }

    private void ListOpen()
    {
        foreach (WalStore store in OpenStores.All.Union(StoreScopes.All))
            ForOne(store.Path, store.Path, () => Write(store));
    }

    private void Write(WalStore store) => WriteObject(Health ? new WalStoreHealth(store) : store);
}
