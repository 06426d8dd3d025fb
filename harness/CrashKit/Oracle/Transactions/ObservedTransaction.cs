namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// One transaction as its client saw it. Places are sequence numbers given out where all clients are controlled from, not readings of clocks:
/// what ended before another began happened before it.
/// </summary>
public sealed class ObservedTransaction
{
    /// <param name="id">What it is called in reports.</param>
    /// <param name="client">Who ran it.</param>
    /// <param name="outcome">What is known about its end.</param>
    /// <param name="operations">Its operations, in order, with what they saw. What an aborted one saw is not judged.</param>
    public ObservedTransaction(long id, int client, TransactionOutcome outcome, IReadOnlyList<TransactionOperation> operations)
    {
        Id = id;
        Client = client;
        Outcome = outcome;
        Operations = operations;
    }

    /// <summary>What it is called in reports.</summary>
    public long Id { get; }

    /// <summary>Who ran it.</summary>
    public int Client { get; }

    /// <summary>What is known about its end.</summary>
    public TransactionOutcome Outcome { get; }

    /// <summary>Its operations, in order.</summary>
    public IReadOnlyList<TransactionOperation> Operations { get; }

    /// <summary>The place before its first operation was sent.</summary>
    public required long BeginAt { get; init; }

    /// <summary>The place after its end was heard of. Not looked at where the outcome is unknown: such a transaction may take effect until its life ends.</summary>
    public required long EndAt { get; init; }

    /// <summary>The number of the life that began with this recovery, or null for what a client ran.</summary>
    public int? RecoveryOf { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => RecoveryOf is int life ? $"the recovery of life {life}" : $"T{Id}";
}
