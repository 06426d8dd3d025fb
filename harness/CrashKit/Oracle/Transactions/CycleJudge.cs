namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// Finds the cycles a level forbids, the worst first: of each part of the graph that has some a shortest one, then without the transactions in it once more,
/// until there are none or it is enough. So no transaction is in two cycles that are reported.
/// </summary>
internal sealed class CycleJudge(DependencyGraph graph, IReadOnlyList<TransactionNode> nodes, CycleText text, AnomalyList anomalies)
{
    private const int RoundsMax = 8;

    private readonly bool[] _isReported = new bool[graph.NodeCount];

    public void Judge(IsolationLevel level)
    {
        IReadOnlyList<CycleRule> rules = CycleRule.ForbiddenBy(level);
        if (CyclicParts.Find(graph, rules[^1].Region, _isReported).Parts.Count == 0)
            return;
        CycleSearch search = new(graph, nodes);
        foreach (CycleRule rule in rules)
        {
            int round = 0;
            while (TryReport(search, rule) && ++round < RoundsMax && !search.IsExhausted)
            {
            }
        }
    }

    private bool TryReport(CycleSearch search, CycleRule rule)
    {
        CyclicParts parts = CyclicParts.Find(graph, rule.Region, _isReported);
        bool isFound = false;
        for (int part = 0; part < parts.Parts.Count; part++)
        {
            if (search.Find(rule, parts, part) is not Edge[] cycle)
                continue;
            isFound = true;
            Report(cycle);
        }

        return isFound;
    }

    private void Report(Edge[] cycle)
    {
        foreach (Edge edge in cycle)
            _isReported[edge.From] = graph.IsTransaction(edge.From);
        Anomaly anomaly = text.Describe(cycle);
        anomalies.Add(anomaly.Kind, () => anomaly);
    }
}
