namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>One thing no store of the level asked for can show.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Transactions">The transactions in it; of a cycle, in its order.</param>
/// <param name="Keys">The keys in it.</param>
/// <param name="Message">What was seen, and why it cannot be, in words.</param>
public sealed record Anomaly(AnomalyKind Kind, IReadOnlyList<ObservedTransaction> Transactions, IReadOnlyList<string> Keys, string Message)
{
    /// <summary>The steps of the cycle, each beginning where the one before it ended; empty where the anomaly is none.</summary>
    public IReadOnlyList<Dependency> Cycle { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Kind.ToTerm()}: {Message}";
}
