namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// Nodes and edges, in arrays: the transactions under their own numbers, and behind them nodes that stand for moments or for groups. Those
/// keep the number of edges proportional to the history's length, and weigh nothing when the length of a cycle is counted.
/// </summary>
internal sealed class DependencyGraph
{
    private readonly Edge[] _edges;
    private readonly int[] _firstOf;

    public DependencyGraph(int transactionCount, int nodeCount, List<Edge> edges)
    {
        TransactionCount = transactionCount;
        NodeCount = nodeCount;
        _firstOf = new int[nodeCount + 1];
        foreach (Edge edge in edges)
            _firstOf[edge.From + 1]++;
        for (int i = 0; i < nodeCount; i++)
            _firstOf[i + 1] += _firstOf[i];
        _edges = new Edge[edges.Count];
        int[] next = [.. _firstOf];
        foreach (Edge edge in edges)
            _edges[next[edge.From]++] = edge;
    }

    public int TransactionCount { get; }

    public int NodeCount { get; }

    /// <summary>All edges, those out of one node together.</summary>
    public ReadOnlySpan<Edge> Edges => _edges;

    /// <summary>Place of the first edge out of a node; those of the next node begin where its own end.</summary>
    public int FirstEdge(int node) => _firstOf[node];

    public int EdgesEnd(int node) => _firstOf[node + 1];

    public bool IsTransaction(int node) => node < TransactionCount;
}
