using System.Collections.Immutable;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// What the clients of a store saw, life after life. The store is empty before the first. A state read at the very end is that of one more life
/// in which nothing happens. Not thread-safe.
/// </summary>
public sealed class TransactionHistory
{
    private readonly List<Life> _lives = [];

    /// <summary>The lives, the first one first.</summary>
    public IReadOnlyList<Life> Lives => _lives;

    /// <summary>The process was started; what is added from here on belongs to this life.</summary>
    /// <param name="recovered">The whole state it recovered, or null where nobody looked.</param>
    public void BeginLife(IReadOnlyDictionary<string, ImmutableArray<long>>? recovered) => _lives.Add(new Life(recovered));

    /// <summary>Adds a transaction of the present life.</summary>
    /// <exception cref="InvalidOperationException">No life has begun.</exception>
    /// <exception cref="ArgumentException">It ended before it began.</exception>
    public void Add(ObservedTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (_lives.Count == 0)
            throw new InvalidOperationException("No life has begun.");
        if (transaction.Outcome != TransactionOutcome.Unknown && transaction.EndAt < transaction.BeginAt)
            throw new ArgumentException($"{transaction} ended at {transaction.EndAt}, before it began at {transaction.BeginAt}.", nameof(transaction));
        _lives[^1].Add(transaction);
    }
}
