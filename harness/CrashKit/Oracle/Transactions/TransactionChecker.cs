namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// Decides from what clients saw whether a store kept its transactions apart and whole, crashes included. The transactions append unique values to lists, so
/// that a list tells its own history: the order of a key's versions, who appended each, and which one a transaction began from. (The idea is that of Elle, by Kingsbury
/// and Alvaro.)
///
/// First each list is judged for itself, each recovered state against what had happened before, and the lists of a key against each other. What is left
/// gives one order of versions for each key, and that the edges of a graph: ww from an append to the next one, wr from an append to who saw it as the last, rw from a
/// read to the append it just missed, and the order in time: always between lives, and for strict serializability also from what was acknowledged to what
/// began afterwards. A level is violated if and only if one of these judgements fails or the graph has a cycle the level forbids: any for the serializable ones, for snapshot
/// isolation those without two anti-dependencies in a row. All this takes time proportional to the history.
///
/// A recovered state acts as a transaction that reads everything, after all of the lives before it and before all of its own life. A transaction with an unknown end may have
/// happened or not, but before its life ended.
///
/// What it cannot tell: what nobody saw. With a state read at the very end that is nothing. Without, appends of the end that are in no list are taken to
/// have come in whatever order is the best for the store; for the serializable levels that is exact, for snapshot isolation it accuses nobody wrongly but may let one go. The keys'
/// names and values say nothing; deletes are not part of the model.
/// </summary>
public static class TransactionChecker
{
    /// <summary>Holds a history against a level.</summary>
    /// <exception cref="ArgumentException">A value is appended to a key twice: that is a mistake of who made the history.</exception>
    public static TransactionVerdict Check(TransactionHistory history, IsolationLevel level = IsolationLevel.StrictSerializable)
    {
        ArgumentNullException.ThrowIfNull(history);
        HistoryIndex index = new(history);
        AnomalyList anomalies = new();
        HappenedTransactions.Find(index);
        new RecoveryJudge(index, anomalies).Judge();
        VersionOrder?[] orders = [.. index.Keys.Select(key => new ListJudge(key, anomalies).Judge())];
        GraphBuilder builder = new(index, anomalies);
        DependencyGraph graph = builder.Build(orders.OfType<VersionOrder>(), level == IsolationLevel.StrictSerializable);
        new CycleJudge(graph, index.Nodes, new CycleText(index.Nodes, orders), anomalies).Judge(level);
        TransactionNode[] happened = [.. index.Nodes.Where(node => node.Happened && !node.IsRecovery)];
        return new TransactionVerdict(
            level,
            happened.Length,
            happened.Count(node => node.Transaction.Outcome == TransactionOutcome.Unknown),
            builder.Dependencies,
            anomalies.Kept,
            anomalies.Counts);
    }
}
