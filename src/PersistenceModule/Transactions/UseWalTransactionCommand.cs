using System.Management.Automation;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>Use-WalTransaction: runs a script block whose changes count all together or not at all.</summary>
[Cmdlet(VerbsOther.Use, "WalTransaction", DefaultParameterSetName = TransactionSets.Current, SupportsShouldProcess = true)]
[OutputType(typeof(object))]
public sealed class UseWalTransactionCommand : BeginTransactionCmdlet
{
    private StoreLease? _lease;
    private StoreScope? _scope;

    /// <summary>What to run; it is given the transaction as its argument.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TransactionSets.Current)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TransactionSets.LiteralPath)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = TransactionSets.Path)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = TransactionSets.Store)]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = ScriptBlock.Create("");

    /// <summary>How often the block is run again after a conflict with another transaction.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int RetryCount { get; set; }

    private protected override string Action => "Run transaction";

    private protected override void BeginOn(StoreTarget target)
    {
        _lease = Lease(target);
        // Of its own: a block that ends its transaction has a store all the same.
        _scope = StoreScopes.Enter(_lease.Store);
        List<PSObject?> output = RunUntilCommitted(_lease.Store);
        _scope.Leave();
        CloseLease(_lease);
        foreach (PSObject? item in output)
            WriteObject(item, enumerateCollection: false);
    }

    private protected override void Release()
    {
        _scope?.Leave();
        _lease?.Dispose();
    }

    private List<PSObject?> RunUntilCommitted(WalStore store)
    {
        for (int retriesLeft = RetryCount; ; retriesLeft--)
        {
            // Left in any other way than by its commit, it is rolled back.
            using WalTransaction transaction = WalTransaction.Begin(store, Timeout, isOfBlock: true);
            try
            {
                return Run(transaction);
            }
            catch (Exception e) when (retriesLeft > 0 && transaction is { HasConflict: true, Depth: 0 } && e is StoreException or (RuntimeException and not PipelineStoppedException))
            {
                WriteVerbose($"What the transaction has read was changed by another commit. Running it again; attempts left: {retriesLeft}.");
            }

            // A commit that is not seen yet would be a conflict again.
            store.AwaitCommits();
        }
    }

    private List<PSObject?> Run(WalTransaction transaction)
    {
        List<PSObject?> output = new TransactionBlock(this, ScriptBlock).Invoke(transaction);
        int changes = transaction.ChangeCount;
        if (!transaction.IsSettled)
        {
            transaction.Commit();
            WriteVerbose($"Committed {changes} changes as one transaction.");
        }

        return output;
    }

    /// <summary>Whatever was committed is safe: a store that cannot be closed cleanly keeps nobody from what the block put out.</summary>
    private void CloseLease(StoreLease lease)
    {
        try
        {
            lease.Close();
        }
        catch (StoreException e)
        {
            WriteError(ErrorRecords.From(e, ErrorTarget, StorePath));
        }
    }
}
