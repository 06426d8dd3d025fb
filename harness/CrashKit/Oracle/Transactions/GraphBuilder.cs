namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Makes the graph out of version orders and of the order in time.</summary>
internal sealed class GraphBuilder(HistoryIndex history, AnomalyList anomalies)
{
    private readonly List<Edge> _edges = [];
    private int _nodeCount = history.Nodes.Count;

    /// <summary>How many edges come from lists.</summary>
    public int Dependencies { get; private set; }

    public DependencyGraph Build(IEnumerable<VersionOrder> orders, bool withRealTime)
    {
        foreach (VersionOrder order in orders)
        {
            AddWrites(order);
            AddReads(order);
            AddUnseen(order);
        }

        Dependencies = _edges.Count;
        AddLives();
        if (withRealTime)
        {
            foreach (IGrouping<int, TransactionNode> life in Happened.Where(node => !node.IsRecovery).GroupBy(node => node.Life))
                AddRealTime(life);
        }

        return new DependencyGraph(history.Nodes.Count, _nodeCount, _edges);
    }

    private IEnumerable<TransactionNode> Happened => history.Nodes.Where(node => node.Happened);

    private void AddWrites(VersionOrder order)
    {
        for (int i = 1; i < order.Versions.Count; i++)
            Add(order.Versions[i - 1].Node, order.Versions[i].Node, EdgeKinds.WriteWrite, order.Key, i);
    }

    /// <summary>
    /// A read comes after the append of the last value it saw, and before that of the next one. If that is the reader's own, its own append says all that follows.
    /// </summary>
    private void AddReads(VersionOrder order)
    {
        foreach ((TransactionNode reader, int length) in order.Reads)
        {
            if (length > 0)
                Add(order.Versions[length - 1].Node, reader, EdgeKinds.WriteRead, order.Key, length - 1);
            if (length < order.Versions.Count)
                Add(reader, order.Versions[length].Node, EdgeKinds.ReadWrite, order.Key, length);
        }
    }

    /// <summary>What nobody saw was appended after all that was seen; in which order, nobody knows.</summary>
    private void AddUnseen(VersionOrder order)
    {
        if (order.Unseen.Count == 0)
            return;
        int end = order.Versions.Count;
        if (end > 0)
        {
            foreach (TransactionNode unseen in order.Unseen)
                Add(order.Versions[^1].Node, unseen, EdgeKinds.WriteWrite, order.Key, end);
        }

        HashSet<TransactionNode> readers = [.. order.Reads.Where(read => read.Length == end).Select(read => read.Node)];
        TransactionNode[] both = [.. order.Unseen.Where(readers.Contains)];
        if (both.Length > 1)
            ReportLostUpdate(order, both);
        else
            AddReadersOfEnd(order, readers, both.FirstOrDefault());
    }

    /// <summary>Every reader comes before every appender. One node stands for all of them, except for who is both: that one would come before itself.</summary>
    private void AddReadersOfEnd(VersionOrder order, HashSet<TransactionNode> readers, TransactionNode? both)
    {
        int end = order.Versions.Count;
        int group = _nodeCount++;
        foreach (TransactionNode reader in readers.Where(reader => reader != both))
            Add(reader.Number, group, EdgeKinds.ReadWrite, order.Key, end);
        foreach (TransactionNode unseen in order.Unseen)
        {
            Add(group, unseen.Number, EdgeKinds.Continuation, order.Key, end);
            if (both is not null)
                Add(both, unseen, EdgeKinds.ReadWrite, order.Key, end);
        }
    }

    private void ReportLostUpdate(VersionOrder order, TransactionNode[] both) => anomalies.Add(
        AnomalyKind.P4,
        [.. both.Select(node => node.Transaction)],
        order.Key,
        () => $"{string.Join(" and ", both.Take(2))} read '{order.Key.Name}' as {ListText.Show([.. order.Versions.Select(version => version.Value)])} and appended to it{(both.Length > 2 ? $", and so did {both.Length - 2} more" : "")}: "
            + "whichever came later has not seen what the other appended");

    /// <summary>Life after life: everything, then the recovery, then everything of the next life. Two nodes a life stand for those moments.</summary>
    private void AddLives()
    {
        int[] ended = new int[history.LifeCount];
        int[] recovered = new int[history.LifeCount];
        for (int life = 0; life < history.LifeCount; life++)
        {
            ended[life] = _nodeCount++;
            recovered[life] = _nodeCount++;
            AddOrder(ended[life], recovered[life], EdgeKinds.LifeOrder);
            if (life > 0)
                AddOrder(recovered[life - 1], ended[life], EdgeKinds.LifeOrder);
        }

        foreach (TransactionNode node in Happened)
        {
            int life = node.Life;
            AddOrder(node.IsRecovery ? ended[life] : recovered[life], node.Number, EdgeKinds.LifeOrder);
            if (node.IsRecovery)
                AddOrder(node.Number, recovered[life], EdgeKinds.LifeOrder);
            else if (life + 1 < history.LifeCount)
                AddOrder(node.Number, ended[life + 1], EdgeKinds.LifeOrder);
        }
    }

    /// <summary>A chain of moments, one wherever a begin follows an end: what ended leads into it, what begins afterwards leads out of it.</summary>
    private void AddRealTime(IEnumerable<TransactionNode> nodes)
    {
        int moment = -1;
        bool isOpen = false;
        foreach ((TransactionNode node, bool isEnd) in EventsOf(nodes))
        {
            if (isEnd)
            {
                if (!isOpen)
                {
                    int next = _nodeCount++;
                    if (moment >= 0)
                        AddOrder(moment, next, EdgeKinds.RealTime);
                    moment = next;
                    isOpen = true;
                }

                AddOrder(node.Number, moment, EdgeKinds.RealTime);
            }
            else if (moment >= 0)
            {
                AddOrder(moment, node.Number, EdgeKinds.RealTime);
                isOpen = false;
            }
        }
    }

    /// <summary>Begins and ends in order, of the same place the begins first. What nobody heard the end of has none before its life's.</summary>
    private static IEnumerable<(TransactionNode Node, bool IsEnd)> EventsOf(IEnumerable<TransactionNode> nodes)
    {
        List<(long At, bool IsEnd, TransactionNode Node)> events = [];
        foreach (TransactionNode node in nodes)
        {
            events.Add((node.Transaction.BeginAt, false, node));
            if (node.Transaction.Outcome == TransactionOutcome.Committed)
                events.Add((node.Transaction.EndAt, true, node));
        }

        return events.OrderBy(moment => moment.At).ThenBy(moment => moment.IsEnd).Select(moment => (moment.Node, moment.IsEnd));
    }

    private void Add(TransactionNode from, TransactionNode to, EdgeKinds kind, KeyIndex key, int position)
    {
        if (from != to)
            Add(from.Number, to.Number, kind, key, position);
    }

    private void Add(int from, int to, EdgeKinds kind, KeyIndex key, int position) => _edges.Add(new Edge(from, to, kind, key.Number, position));

    private void AddOrder(int from, int to, EdgeKinds kind) => _edges.Add(new Edge(from, to, kind));
}
