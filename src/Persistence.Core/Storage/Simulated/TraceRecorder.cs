namespace Persistence.Storage.Simulated;

/// <summary>Writes down what a simulated disk is asked to do, from the state it is in when recording starts. Used under the disk's gate.</summary>
internal sealed class TraceRecorder
{
    private readonly Dictionary<SimulatedNode, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<TraceNode> _nodes = [];
    private readonly List<TraceOperation> _operations = [];
    private long _stamp;

    public TraceRecorder(SimulatedDirectory root) => Enroll(root);

    /// <summary>The stamp of the next event: whatever is acknowledged now lies behind everything below it.</summary>
    public long Stamp => _stamp;

    /// <summary>What was recorded so far.</summary>
    public DiskTrace ToTrace() => new([.. _nodes], [.. _operations], _stamp);

    /// <summary>Takes a stamp for an event that is no operation: an acknowledgement, an intent.</summary>
    public long Mark() => _stamp++;

    public int NumberOf(SimulatedNode node)
    {
        if (_numbers.TryGetValue(node, out int number))
            return number;
        _numbers.Add(node, _nodes.Count);
        _nodes.Add(new TraceNode(node.Kind, node.Kind == FileEntryKind.File ? new PagedContent() : null, new Dictionary<string, int>(StringComparer.Ordinal)));
        return _nodes.Count - 1;
    }

    /// <param name="operation">The operation; its stamps are taken here.</param>
    /// <param name="enter">When it began, if that is known; else now.</param>
    public void Add(TraceOperation operation, long? enter = null) =>
        _operations.Add(operation with { Enter = enter ?? _stamp++, Exit = _stamp++ });

    private int Enroll(SimulatedNode node)
    {
        if (_numbers.TryGetValue(node, out int known))
            return known;
        int number = _nodes.Count;
        _numbers.Add(node, number);
        if (node is SimulatedInode file)
        {
            _nodes.Add(new TraceNode(FileEntryKind.File, file.Content.Share(), new Dictionary<string, int>()));
            return number;
        }

        Dictionary<string, int> names = new(StringComparer.Ordinal);
        _nodes.Add(new TraceNode(FileEntryKind.Directory, null, names));
        foreach ((string name, SimulatedNode child) in ((SimulatedDirectory)node).Names)
            names.Add(name, Enroll(child));
        return number;
    }
}
