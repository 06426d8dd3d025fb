namespace Persistence.Diagnostics;

/// <summary>The first failure after which a store accepts no more changes. Set once, never cleared: only reopening heals.</summary>
public sealed class FaultLatch
{
    private Exception? _cause;

    /// <summary>Whether a failure was recorded.</summary>
    public bool IsSet => Volatile.Read(ref _cause) is not null;

    /// <summary>The first failure, or null.</summary>
    public Exception? Cause => Volatile.Read(ref _cause);

    /// <summary>Records a failure; only the first counts.</summary>
    public void Set(Exception cause) => Interlocked.CompareExchange(ref _cause, cause, null);

    /// <summary>Throws <see cref="StoreError.StoreFaulted"/> when a failure was recorded.</summary>
    public void ThrowIfSet()
    {
        if (Volatile.Read(ref _cause) is Exception cause)
            throw Describe(cause);
    }

    private static StoreException Describe(Exception cause)
    {
        StoreException? known = cause as StoreException;
        return new StoreException(
            StoreError.StoreFaulted,
            $"The store stopped accepting changes after a failed write, so that nothing is acknowledged that may be lost. Reopen it to recover. Cause: {cause.Message}",
            cause)
        { File = known?.File, Offset = known?.Offset, Position = known?.Position };
    }
}
