namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// Looks for a shortest cycle in a strongly connected part, breadth first from each of its nodes. In parts of thousands of nodes that would take too
/// long: after so much work, in all parts together, it is content with the shortest one found until then.
/// </summary>
internal sealed class CycleSearch
{
    // A bound of work, not of time: the answer does not depend on the machine.
    private const long WorkMax = 20_000_000;
    private const int ShortMax = 4;

    private readonly DependencyGraph _graph;
    private readonly IReadOnlyList<TransactionNode> _nodes;
    private readonly int[] _visited;
    private readonly int[] _cameFrom;
    private readonly int[] _cameBy;
    private List<int> _now = [];
    private List<int> _next = [];
    private int _walk;
    private long _work;

    // What is being searched at present.
    private CycleRule _rule = null!;
    private CyclicParts _parts = null!;
    private int _part;
    private Edge[]? _best;
    private int _bestLength;

    public CycleSearch(DependencyGraph graph, IReadOnlyList<TransactionNode> nodes)
    {
        _graph = graph;
        _nodes = nodes;
        _visited = new int[graph.NodeCount * 2];
        _cameFrom = new int[graph.NodeCount * 2];
        _cameBy = new int[graph.NodeCount * 2];
    }

    /// <summary>A shortest cycle that a rule asks for, as edges of the graph from some transaction back to it; null if there is none, or none was found in time.</summary>
    public Edge[]? Find(CycleRule rule, CyclicParts parts, int part)
    {
        (_rule, _parts, _part, _best, _bestLength) = (rule, parts, part, null, int.MaxValue);
        FindPairs();
        if (_best is null)
            FindWalks(ShortMax);
        if (_best is null)
            FindWalks(int.MaxValue);
        return _best;
    }

    /// <summary>Whether it has done so much that it no longer looks for the shortest.</summary>
    public bool IsExhausted => _work > WorkMax;

    private int[] Members => _parts.Parts[_part];

    private int States => _rule.Region.States;

    /// <summary>The commonest cycle, which is quick to find: an edge against the order in time.</summary>
    private void FindPairs()
    {
        foreach (int place in Members)
        {
            foreach (Edge edge in EdgesInPart(place))
            {
                if (edge.Key >= 0 && _graph.IsTransaction(edge.From) && _graph.IsTransaction(edge.To) && IsInOrder(edge.To, edge.From))
                {
                    _best = [edge, new Edge(edge.To, edge.From, EdgeKinds.RealTime)];
                    return;
                }
            }
        }
    }

    private bool IsInOrder(int before, int after) =>
        _nodes[before].IsBefore(_nodes[after]) && (_rule.WithRealTime || _nodes[before].Life != _nodes[after].Life || _nodes[before].IsRecovery);

    private void FindWalks(int lengthMax)
    {
        _bestLength = lengthMax == int.MaxValue ? lengthMax : lengthMax + 1;
        foreach (int place in Members)
        {
            int node = place / States;
            if (!_graph.IsTransaction(node) || place % States != 0)
                continue;
            if (_rule.HasOneAntiDependency)
                FindWalksFromAntiDependencies(place);
            else
                TryWalk(_rule.Region, node, node, null);
            if (_bestLength == 2 || IsExhausted)
                return;
        }
    }

    private void FindWalksFromAntiDependencies(int place)
    {
        foreach (Edge edge in EdgesInPart(place))
        {
            if (edge.Kind == EdgeKinds.ReadWrite)
                TryWalk(_rule.WithoutAntiDependencies, edge.To, edge.From, edge);
            if (IsExhausted)
                return;
        }
    }

    private List<Edge> EdgesInPart(int place)
    {
        List<Edge> edges = [];
        int node = place / States;
        for (int i = _graph.FirstEdge(node); i < _graph.EdgesEnd(node); i++)
        {
            Edge edge = _graph.Edges[i];
            int state = _rule.Region.Next(place % States, edge.Kind);
            if (state >= 0 && _parts.PartOf((edge.To * States) + state) == _part)
                edges.Add(edge);
        }

        return edges;
    }

    /// <summary>Walks inside the part to where the cycle is closed, and keeps the way if it is shorter than the best one. Only transactions count.</summary>
    private void TryWalk(WalkRule rule, int from, int to, Edge? first)
    {
        _walk++;
        int start = from * rule.States;
        _now.Clear();
        _now.Add(start);
        if (from != to)
            _visited[start] = _walk;
        int length = first is not null && _graph.IsTransaction(from) ? 1 : 0;
        for (; _now.Count > 0 && length + 1 < _bestLength; length++)
        {
            _next.Clear();
            for (int i = 0; i < _now.Count; i++)
            {
                if (Step(rule, _now[i], to) is not int last)
                    continue;
                _best = Way(rule, start, last, first);
                _bestLength = length + 1;
                return;
            }

            (_now, _next) = (_next, _now);
        }
    }

    /// <returns>The place from which the goal was reached by the edge noted for it, or null.</returns>
    private int? Step(WalkRule rule, int place, int to)
    {
        int node = place / rule.States;
        int end = _graph.EdgesEnd(node);
        for (int i = _graph.FirstEdge(node); i < end; i++)
        {
            _work++;
            Edge edge = _graph.Edges[i];
            int state = rule.Next(place % rule.States, edge.Kind);
            if (state < 0)
                continue;
            int next = (edge.To * rule.States) + state;
            if (_parts.PartOf(next) != _part)
                continue;
            if (edge.To == to && state == 0)
            {
                _cameBy[next] = i;
                _cameFrom[next] = place;
                return next;
            }

            if (_visited[next] == _walk)
                continue;
            _visited[next] = _walk;
            _cameBy[next] = i;
            _cameFrom[next] = place;
            (_graph.IsTransaction(edge.To) ? _next : _now).Add(next);
        }

        return null;
    }

    private Edge[] Way(WalkRule rule, int start, int last, Edge? first)
    {
        List<Edge> way = [];
        int place = last;
        do
        {
            way.Add(_graph.Edges[_cameBy[place]]);
            place = _cameFrom[place];
        }
        while (place != start);
        if (first is not null)
            way.Add(first.Value);
        way.Reverse();
        return [.. way];
    }
}
