namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>What a transaction saw of a key without its own appends: the version it began from.</summary>
/// <param name="Read">What it saw.</param>
/// <param name="Length">How much of that is by others.</param>
internal readonly record struct ExternalRead(IndexedRead Read, int Length)
{
    public TransactionNode Node => Read.Node;

    public ReadOnlySpan<long> Values => Read.Values.AsSpan(0, Length);
}
