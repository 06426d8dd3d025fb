namespace Persistence.CrashKit.Oracle;

/// <summary>
/// Judges whether one order of all operations explains the whole state: what was complete before another was sent comes first; for
/// every key the operation whose value is shown comes last; records come in log order. Such an order exists if and only if
/// these demands form no cycle. This is what finds two concurrent steps each of which seems to have happened after the other.
/// </summary>
internal sealed class OrderJudge
{
    private readonly Evidence _evidence;
    private readonly List<Operation> _operations;
    private readonly Dictionary<Operation, int> _nodeOf = [];
    private readonly List<List<int>> _next = [];
    private readonly List<int> _before = [];

    public OrderJudge(Evidence evidence)
    {
        _evidence = evidence;
        _operations = [.. evidence.Operations.Where(evidence.IsIn)];
    }

    public void Judge()
    {
        foreach (Operation operation in _operations)
            _nodeOf[operation] = AddNode();
        AddPipeOrder();
        AddLastWriters();
        AddLogOrder();
        HashSet<int> unordered = FindCycleMembers();
        if (unordered.Count == 0)
            return;
        IEnumerable<Operation> involved = _operations.Where(operation => unordered.Contains(_nodeOf[operation])).Take(4);
        _evidence.Report(
            DiscrepancyKind.OutOfOrder,
            $"no order of the operations explains the state: each of these would have to come after the others: {string.Join(", ", involved)}");
    }

    /// <summary>Places of the pipe as a chain of nodes: an operation hangs between its intent's and its acknowledgement's.</summary>
    private void AddPipeOrder()
    {
        SortedDictionary<int, int> chain = [];
        foreach (Operation operation in _operations)
        {
            chain.TryAdd(operation.IntentAt, 0);
            if (operation.AckAt != Operation.Never)
                chain.TryAdd(operation.AckAt, 0);
        }

        int previous = -1;
        foreach (int place in chain.Keys.ToArray())
        {
            chain[place] = AddNode();
            if (previous >= 0)
                AddEdge(previous, chain[place]);
            previous = chain[place];
        }

        foreach (Operation operation in _operations)
        {
            AddEdge(chain[operation.IntentAt], _nodeOf[operation]);
            if (operation.AckAt != Operation.Never)
                AddEdge(_nodeOf[operation], chain[operation.AckAt]);
        }
    }

    private void AddLastWriters()
    {
        foreach (string key in _evidence.Keys)
        {
            if (FindLast(key) is not Operation last)
                continue;
            foreach (KeyChange change in _evidence.ChangesOf(key))
            {
                if (change.Operation != last && _nodeOf.TryGetValue(change.Operation, out int node))
                    AddEdge(node, _nodeOf[last]);
            }
        }
    }

    /// <summary>The operation that must have come last for a key; null where the baseline did, or no assumption was made.</summary>
    private Operation? FindLast(string key) => _evidence.Observed.Items.TryGetValue(key, out string? value)
        ? _evidence.FindWriter(key, value)
        : _evidence.AssumedDeletes.GetValueOrDefault(key);

    private void AddLogOrder()
    {
        Operation? previous = null;
        foreach (string record in _evidence.Observed.Records)
        {
            if (_evidence.FindAppender(record) is not Operation appender || !_nodeOf.ContainsKey(appender))
                continue;
            if (previous is not null)
                AddEdge(_nodeOf[previous], _nodeOf[appender]);
            previous = appender;
        }
    }

    /// <summary>Takes away what nothing must come before, until only cycles and what hangs behind them are left.</summary>
    private HashSet<int> FindCycleMembers()
    {
        Queue<int> free = new(Enumerable.Range(0, _next.Count).Where(node => _before[node] == 0));
        HashSet<int> left = [.. Enumerable.Range(0, _next.Count)];
        while (free.TryDequeue(out int node))
        {
            left.Remove(node);
            foreach (int next in _next[node])
            {
                if (--_before[next] == 0)
                    free.Enqueue(next);
            }
        }

        return left;
    }

    private int AddNode()
    {
        _next.Add([]);
        _before.Add(0);
        return _next.Count - 1;
    }

    private void AddEdge(int from, int to)
    {
        _next[from].Add(to);
        _before[to]++;
    }
}
