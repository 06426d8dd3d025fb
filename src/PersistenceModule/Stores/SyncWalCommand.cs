using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Sync-Wal: makes everything committed before durable.</summary>
[Cmdlet(VerbsData.Sync, "Wal", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class SyncWalCommand : StoreCmdlet
{
    private protected override void Process() => ForEachStore(StoreAccess.Write, Flush, directory => ShouldProcess(directory, "Flush log"));

    private void Flush(WalStore store)
    {
        store.Engine.Flush();
        WriteDebug($"'{store.Path}' is durable below LSN {store.DurableLsn}.");
    }
}
