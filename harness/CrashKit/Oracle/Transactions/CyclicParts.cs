namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// The strongly connected parts of a graph in which there are cycles (Tarjan's algorithm, without recursion). A place is a node
/// together with the state of the walk that led there: node × states + state.
/// </summary>
internal sealed class CyclicParts
{
    private const int Unvisited = -1;

    private readonly DependencyGraph _graph;
    private readonly WalkRule _rule;
    private readonly bool[] _isLeftOut;
    private readonly int[] _index;
    private readonly int[] _low;
    private readonly int[] _partOf;
    private readonly Stack<int> _open = [];
    private readonly Stack<(int Place, int NextEdge)> _path = [];
    private readonly List<int[]> _parts = [];
    private int _count;

    private CyclicParts(DependencyGraph graph, WalkRule rule, bool[] isLeftOut)
    {
        _graph = graph;
        _rule = rule;
        _isLeftOut = isLeftOut;
        int places = graph.NodeCount * rule.States;
        _index = new int[places];
        _low = new int[places];
        _partOf = new int[places];
        Array.Fill(_index, Unvisited);
        Array.Fill(_partOf, -1);
    }

    /// <summary>The places of each part.</summary>
    public IReadOnlyList<int[]> Parts => _parts;

    /// <summary>The number of the part a place is in; -1 for none.</summary>
    public int PartOf(int place) => _partOf[place];

    /// <param name="graph">The graph.</param>
    /// <param name="rule">Which edges count.</param>
    /// <param name="isLeftOut">For each node, whether it does not count.</param>
    public static CyclicParts Find(DependencyGraph graph, WalkRule rule, bool[] isLeftOut)
    {
        CyclicParts parts = new(graph, rule, isLeftOut);
        for (int place = 0; place < parts._index.Length; place++)
        {
            if (parts._index[place] == Unvisited && !isLeftOut[place / rule.States])
                parts.Visit(place);
        }

        return parts;
    }

    private void Visit(int root)
    {
        Enter(root);
        while (_path.TryPop(out (int Place, int NextEdge) at))
        {
            if (!TryDescend(at.Place, at.NextEdge))
                Leave(at.Place);
        }
    }

    private void Enter(int place)
    {
        _index[place] = _low[place] = _count++;
        _open.Push(place);
        _path.Push((place, _graph.FirstEdge(place / _rule.States)));
    }

    /// <summary>Follows edges until one leads somewhere new.</summary>
    private bool TryDescend(int place, int nextEdge)
    {
        int end = _graph.EdgesEnd(place / _rule.States);
        for (int i = nextEdge; i < end; i++)
        {
            Edge edge = _graph.Edges[i];
            int state = _rule.Next(place % _rule.States, edge.Kind);
            if (state < 0 || _isLeftOut[edge.To])
                continue;
            int next = (edge.To * _rule.States) + state;
            if (_index[next] == Unvisited)
            {
                _path.Push((place, i + 1));
                Enter(next);
                return true;
            }

            _low[place] = Math.Min(_low[place], _index[next]);
        }

        return false;
    }

    private void Leave(int place)
    {
        if (_path.TryPeek(out (int Place, int NextEdge) parent))
            _low[parent.Place] = Math.Min(_low[parent.Place], _low[place]);
        if (_low[place] == _index[place])
            Close(place);
    }

    /// <summary>What is open above the first place of a part belongs to it. It is out of the way for good: its index must lower no other's.</summary>
    private void Close(int first)
    {
        List<int> part = [];
        int place;
        do
        {
            place = _open.Pop();
            _index[place] = int.MaxValue;
            part.Add(place);
        }
        while (place != first);
        if (part.Count == 1)
            return;
        foreach (int member in part)
            _partOf[member] = _parts.Count;
        part.Sort();
        _parts.Add([.. part]);
    }
}
