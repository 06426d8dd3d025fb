using System.Management.Automation;
using Persistence.State;

namespace PersistenceModule;

/// <summary>Complete-WalTransaction: commits a transaction.</summary>
[Cmdlet(VerbsLifecycle.Complete, "WalTransaction", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class CompleteWalTransactionCommand : EndTransactionCmdlet
{
    private protected override string Action => "Commit transaction";

    private protected override void EndOne(WalTransaction transaction)
    {
        int changes = transaction.ChangeCount;
        CommitResult result = transaction.Commit();
        WriteVerbose($"Committed {changes} changes as one transaction.");
        if (result.End > Lsn.None)
            WriteDebug($"The transaction lies at LSN {result.First} to {result.End}.");
    }
}
