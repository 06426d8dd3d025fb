using System.Management.Automation;

namespace PersistenceModule;

/// <summary>A command that ends a transaction: one that it is given, or the innermost of this runspace.</summary>
public abstract class EndTransactionCmdlet : WalCmdlet
{
    private string? _directory;

    /// <summary>The transaction.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public WalTransaction? Transaction { get; set; }

    private protected override object? ErrorTarget => _directory;

    private protected override string? StorePath => _directory;

    private protected abstract string Action { get; }

    private protected abstract void EndOne(WalTransaction transaction);

    private protected sealed override void Process()
    {
        WalTransaction transaction = Transaction ?? StoreScopes.CurrentTransaction ?? throw ErrorRecords.TransactionNotSpecified();
        _directory = transaction.Store.Path;
        if (ShouldProcess(_directory, Action))
            EndOne(transaction);
    }
}
