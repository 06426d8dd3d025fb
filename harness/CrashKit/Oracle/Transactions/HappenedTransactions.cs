namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// Finds out which transactions must have happened: those acknowledged, and those that one of these saw. What nobody saw and nobody heard of is left
/// out: if there is an explanation with it, there is one without it, since it appended nothing that is shown.
/// </summary>
internal sealed class HappenedTransactions
{
    private readonly Queue<TransactionNode> _new = [];

    private HappenedTransactions()
    {
    }

    public static void Find(HistoryIndex history)
    {
        HappenedTransactions happened = new();
        foreach (TransactionNode node in history.Nodes)
        {
            if (node.Transaction.Outcome == TransactionOutcome.Committed)
                happened.Take(node);
        }

        while (happened._new.TryDequeue(out TransactionNode? node))
        {
            foreach (IndexedRead read in node.Reads)
                happened.TakeSeen(read);
        }

        foreach (TransactionNode node in history.Nodes.Where(node => node.Happened))
        {
            foreach (IndexedRead read in node.Reads)
                read.Key.Reads.Add(read);
        }
    }

    private void Take(TransactionNode node)
    {
        node.Happened = true;
        _new.Enqueue(node);
    }

    /// <summary>Most lists begin as the longest one known does, and tell nothing new.</summary>
    private void TakeSeen(IndexedRead read)
    {
        ReadOnlySpan<long> values = read.Values.AsSpan();
        KeyIndex key = read.Key;
        for (int i = values.CommonPrefixLength(key.Longest.AsSpan()); i < values.Length; i++)
        {
            if (key.Find(values[i])?.Node is { Happened: false, Transaction.Outcome: TransactionOutcome.Unknown } seen)
                Take(seen);
        }

        if (values.Length > key.Longest.Length)
            key.Longest = read.Values;
    }
}
