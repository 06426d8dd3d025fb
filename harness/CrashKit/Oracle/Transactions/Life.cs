using System.Collections.Immutable;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>One life of the process: from its recovery until it was killed or closed.</summary>
public sealed class Life
{
    private readonly List<ObservedTransaction> _transactions = [];

    internal Life(IReadOnlyDictionary<string, ImmutableArray<long>>? recovered) => Recovered = recovered;

    /// <summary>The whole state it began with, read after recovery and before any transaction; null where nobody looked.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<long>>? Recovered { get; }

    /// <summary>What its clients ran, in any order.</summary>
    public IReadOnlyList<ObservedTransaction> Transactions => _transactions;

    internal void Add(ObservedTransaction transaction) => _transactions.Add(transaction);
}
