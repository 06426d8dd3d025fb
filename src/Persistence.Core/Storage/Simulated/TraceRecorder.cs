namespace Persistence.Storage.Simulated;

/// <summary>
/// Writes down what a simulated disk is asked to do, from the state it is in when recording starts. Every operation gets a stamp when it begins
/// and one when it returns; in between others may begin. Thread-safe.
/// </summary>
public sealed class TraceRecorder
{
    private readonly object _lock = new();
    private readonly Dictionary<SimulatedNode, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<TraceNode> _nodes = [];
    private readonly List<TraceOperation> _operations = [];

    // Called after an operation began and before it returns, without any lock: where a simulation lets another thread go on.
    private readonly Action? _step;
    private long _stamp;
    private bool _stopped;

    internal TraceRecorder(SimulatedDirectory root, Action? step)
    {
        _step = step;
        Enroll(root);
    }

    /// <summary>Goes on behind another trace, of whose process nothing after <paramref name="cut"/> happened.</summary>
    internal TraceRecorder(DiskTrace before, long cut, IReadOnlyList<SimulatedNode?> nodes, Action? step)
    {
        _step = step;
        _stamp = cut;
        _nodes.AddRange(before.Nodes);
        for (int number = 0; number < nodes.Count; number++)
        {
            if (nodes[number] is SimulatedNode node)
                _numbers.Add(node, number);
        }

        foreach (TraceOperation operation in before.Operations)
        {
            if (operation.Enter < cut)
                _operations.Add(operation.Exit < cut ? operation : operation with { Exit = operation.IsBarrier ? long.MaxValue : _stamp++ });
        }
    }

    /// <summary>Takes a stamp for an event that is no operation of the disk: an acknowledgement, an intent.</summary>
    public long Mark()
    {
        lock (_lock)
            return _stamp++;
    }

    /// <summary>What was recorded so far. Operations under way have begun and not returned.</summary>
    public DiskTrace ToTrace()
    {
        lock (_lock)
            return new DiskTrace(_nodes.ToArray(), _operations.ToArray(), _stamp);
    }

    /// <summary>Records nothing any more.</summary>
    public void Stop()
    {
        lock (_lock)
            _stopped = true;
    }

    internal long Begin()
    {
        long enter = Mark();
        _step?.Invoke();
        return enter;
    }

    /// <summary>Adds an operation at the moment it takes effect.</summary>
    /// <returns>Its place, for <see cref="End"/>.</returns>
    internal int Add(TraceOperation operation)
    {
        lock (_lock)
        {
            if (_stopped)
                return -1;
            _operations.Add(operation);
            return _operations.Count - 1;
        }
    }

    internal void End(int place)
    {
        _step?.Invoke();
        lock (_lock)
        {
            if (place >= 0)
                _operations[place] = _operations[place] with { Exit = _stamp++ };
        }
    }

    internal int NumberOf(SimulatedNode node)
    {
        lock (_lock)
        {
            if (_numbers.TryGetValue(node, out int number))
                return number;
            _numbers.Add(node, _nodes.Count);
            _nodes.Add(node.Kind == FileEntryKind.File ? new TraceNode(new PagedContent()) : new TraceNode(new Dictionary<string, int>()));
            return _nodes.Count - 1;
        }
    }

    private int Enroll(SimulatedNode node)
    {
        if (_numbers.TryGetValue(node, out int known))
            return known;
        int number = _nodes.Count;
        _numbers.Add(node, number);
        if (node is SimulatedInode file)
        {
            _nodes.Add(new TraceNode(file.Content.Share()));
            return number;
        }

        Dictionary<string, int> names = new(StringComparer.Ordinal);
        _nodes.Add(new TraceNode(names));
        foreach ((string name, SimulatedNode child) in ((SimulatedDirectory)node).Names)
            names.Add(name, Enroll(child));
        return number;
    }
}
