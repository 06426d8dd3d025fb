using Persistence.Diagnostics;

namespace Persistence.Transactions;

/// <summary>How a transaction behaves. Immutable.</summary>
public sealed record TransactionOptions
{
    private readonly TimeSpan? _timeout;

    /// <summary>After so long it accepts nothing more, and cannot be committed; null, the default: never.</summary>
    /// <exception cref="StoreException">ConfigurationInvalid: not more than zero.</exception>
    public TimeSpan? Timeout
    {
        get => _timeout;
        init => _timeout = value is null || value > TimeSpan.Zero
            ? value
            : throw new StoreException(StoreError.ConfigurationInvalid, $"A transaction's timeout is {value}; more than zero is allowed.");
    }
}
