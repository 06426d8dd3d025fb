namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Judges recovered states: whatever happened in earlier lives is in them, and whole.</summary>
internal sealed class RecoveryJudge(HistoryIndex history, AnomalyList anomalies)
{
    private readonly Dictionary<KeyIndex, IndexedAppend?[]> _longest = [];
    private readonly HashSet<TransactionNode> _reported = [];

    public void Judge()
    {
        foreach (TransactionNode recovery in history.Nodes.Where(node => node.IsRecovery))
            Judge(recovery);
    }

    private void Judge(TransactionNode recovery)
    {
        List<IndexedAppend> missing = [];
        foreach (IndexedRead read in recovery.Reads)
        {
            MarkShown(read);
            foreach (IndexedAppend append in read.Key.Appends)
            {
                if (append.Node.Life >= recovery.Life)
                    break;
                if (append.Node.Happened && append.RecoveredIn != recovery.Life && !append.IsMissing)
                    missing.Add(append);
            }
        }

        foreach (IGrouping<TransactionNode, IndexedAppend> ofOne in missing.GroupBy(append => append.Node))
        {
            if (_reported.Add(ofOne.Key))
                Report(ofOne.Key, [.. ofOne], recovery);
        }

        foreach (IndexedAppend append in missing)
            append.IsMissing = true;
    }

    /// <summary>States share most of their lists' beginnings: who appended those is looked up once.</summary>
    private void MarkShown(IndexedRead read)
    {
        KeyIndex key = read.Key;
        if (!_longest.TryGetValue(key, out IndexedAppend?[]? longest))
            _longest[key] = longest = [.. key.Longest.Select(key.Find)];
        int known = read.Values.AsSpan().CommonPrefixLength(key.Longest.AsSpan());
        for (int i = 0; i < read.Values.Length; i++)
        {
            if ((i < known ? longest[i] : key.Find(read.Values[i])) is IndexedAppend append)
                append.RecoveredIn = read.Node.Life;
        }
    }

    private void Report(TransactionNode node, IndexedAppend[] missing, TransactionNode recovery)
    {
        bool isPartial = missing.Length < node.Appends.Count;
        TransactionNode? witness = node.Transaction.Outcome == TransactionOutcome.Unknown ? FindWitness(node) : null;
        AnomalyKind kind =
            isPartial ? AnomalyKind.HalfVisible
            : witness?.Life >= recovery.Life ? AnomalyKind.ResurrectedAppend
            : AnomalyKind.LostAppend;
        anomalies.Add(kind, () => new Anomaly(
            kind,
            witness is null ? [node.Transaction, recovery.Transaction] : [node.Transaction, recovery.Transaction, witness.Transaction],
            [.. missing.Select(append => append.Key.Name).Distinct()],
            Describe(kind, node, missing, recovery, witness)));
    }

    private static string Describe(AnomalyKind kind, TransactionNode node, IndexedAppend[] missing, TransactionNode recovery, TransactionNode? witness)
    {
        string why = witness is null ? "was acknowledged" : $"was seen by {witness}, and so happened";
        string appends = string.Join(", ", missing.Select(append => $"{append.Value} on '{append.Key.Name}'"));
        return kind switch
        {
            AnomalyKind.HalfVisible => $"{node} of life {node.Life} {why}; {recovery} shows some of its appends and lacks {appends}",
            AnomalyKind.ResurrectedAppend => $"{node} of life {node.Life} had not happened when {recovery} was over, which lacks {appends}; yet {witness} of life {witness!.Life} sees it",
            _ => $"{node} of life {node.Life} {why}; {recovery} lacks {appends}",
        };
    }

    /// <summary>The first that saw something of a transaction.</summary>
    private static TransactionNode? FindWitness(TransactionNode node) => (
        from append in node.Appends
        from read in append.Key.Reads
        where read.Node != node && read.Values.Contains(append.Value)
        orderby read.Node.Number
        select read.Node).FirstOrDefault();
}
