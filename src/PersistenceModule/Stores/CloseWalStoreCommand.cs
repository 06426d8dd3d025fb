using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Close-WalStore: closes handles.</summary>
[Cmdlet(VerbsCommon.Close, "WalStore", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(WalStore))]
public sealed class CloseWalStoreCommand : StoreCmdlet
{
    /// <summary>Return the closed handles.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process() => ForEachTarget(target =>
    {
        if (target.Store is not null)
            Close(target.Store);
        else
            CloseAllAt(target.Directory);
    });

    private void CloseAllAt(string directory)
    {
        WalStore[] open = [.. OpenStores.All.Where(store => OpenStores.IsAt(store, directory))];
        if (open.Length == 0)
            throw ErrorRecords.StoreNotOpen(directory);
        foreach (WalStore store in open)
            Close(store);
    }

    private void Close(WalStore store)
    {
        if (!ShouldProcess(store.Path, "Close store"))
            return;
        store.Close();
        if (PassThru)
            WriteObject(store);
    }
}
