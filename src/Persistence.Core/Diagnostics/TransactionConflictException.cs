namespace Persistence.Diagnostics;

/// <summary>What a transaction has read was changed by another commit: it cannot be committed. Run again, it may be.</summary>
public sealed class TransactionConflictException : StoreException
{
    /// <summary>Creates the error.</summary>
    public TransactionConflictException(string message)
        : base(StoreError.TransactionAborted, message)
    {
    }
}
