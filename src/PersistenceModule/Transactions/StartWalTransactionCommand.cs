using System.Management.Automation;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>Start-WalTransaction: begins a transaction and makes it current in this runspace.</summary>
[Cmdlet(VerbsLifecycle.Start, "WalTransaction", DefaultParameterSetName = TransactionSets.Current, SupportsShouldProcess = true)]
[OutputType(typeof(WalTransaction))]
public sealed class StartWalTransactionCommand : BeginTransactionCmdlet
{
    private protected override string Action => "Start transaction";

    private protected override void BeginOn(StoreTarget target)
    {
        StoreLease lease = Lease(target);
        try
        {
            WalTransaction transaction = WalTransaction.Begin(lease.Store, Timeout, lease);
            // Opened for longer than this command, it can be found and closed by whoever looks for it.
            if (lease.IsOwned)
                OpenStores.Add(lease.Store);
            WriteObject(transaction);
        }
        catch (StoreException)
        {
            lease.Dispose();
            throw;
        }
    }
}
