namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>A transaction, or a recovery, as a node of the graph.</summary>
internal sealed class TransactionNode(int number, ObservedTransaction transaction, int life)
{
    public int Number { get; } = number;

    public ObservedTransaction Transaction { get; } = transaction;

    /// <summary>The life it belongs to; for a recovery the life it begins.</summary>
    public int Life { get; } = life;

    public bool IsRecovery => Transaction.RecoveryOf is not null;

    /// <summary>Whether it must have happened: acknowledged, or seen by something that did. What is left out explains no list and demands nothing.</summary>
    public bool Happened { get; set; }

    public List<IndexedAppend> Appends { get; } = [];

    public List<IndexedRead> Reads { get; } = [];

    /// <summary>Whether it had ended, for all clients to know, before another began.</summary>
    public bool IsBefore(TransactionNode other) =>
        Life != other.Life ? Life < other.Life
        : IsRecovery || other.IsRecovery ? IsRecovery && !other.IsRecovery
        : Transaction.Outcome != TransactionOutcome.Unknown && Transaction.EndAt < other.Transaction.BeginAt;

    public override string ToString() => Transaction.ToString();
}
