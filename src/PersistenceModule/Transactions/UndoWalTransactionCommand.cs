using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Undo-WalTransaction: rolls a transaction back.</summary>
[Cmdlet(VerbsCommon.Undo, "WalTransaction", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UndoWalTransactionCommand : EndTransactionCmdlet
{
    private protected override string Action => "Roll back transaction";

    private protected override void EndOne(WalTransaction transaction)
    {
        int changes = transaction.ChangeCount;
        transaction.Rollback();
        WriteVerbose($"Rolled back {changes} changes.");
    }
}
