namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Puts cycles into words, edge by edge.</summary>
internal sealed class CycleText(IReadOnlyList<TransactionNode> nodes, IReadOnlyList<VersionOrder?> orderOfKey)
{
    public Anomaly Describe(Edge[] cycle)
    {
        Dependency[] steps = [.. Steps(cycle)];
        string way = string.Join(" → ", steps.Select(step => step.From.ToString()).Append(steps[0].From.ToString()));
        return new Anomaly(
            CycleKind.Of(steps),
            [.. steps.Select(step => step.From)],
            [.. steps.Where(step => step.Key is not null).Select(step => step.Key!).Distinct()],
            $"{way}: each of these has to come before the next. {string.Join("; ", steps.Select(step => step.Message))}.")
        { Cycle = steps };
    }

    /// <summary>From transaction to transaction; what lies between stands for a moment or a group.</summary>
    private IEnumerable<Dependency> Steps(Edge[] cycle)
    {
        Edge first = cycle[0];
        foreach (Edge edge in cycle)
        {
            if (edge.From < nodes.Count)
                first = edge;
            if (edge.To < nodes.Count)
                yield return Step(nodes[first.From], nodes[edge.To], first);
        }
    }

    private Dependency Step(TransactionNode from, TransactionNode to, Edge edge)
    {
        if (edge.Key < 0)
            return InTime(from, to);
        VersionOrder order = orderOfKey[edge.Key]!;
        return edge.Kind switch
        {
            EdgeKinds.WriteWrite => Make(DependencyKind.WriteWrite, AfterWrite(order, from, to, edge.Position)),
            EdgeKinds.WriteRead => Make(DependencyKind.WriteRead, $"{to} read '{order.Key.Name}' as {Seen(order, edge.Position + 1)}, of which {from} appended {order.Versions[edge.Position].Value}"),
            _ => Make(DependencyKind.ReadWrite, $"{from} read '{order.Key.Name}' as {Seen(order, edge.Position)}, without {Value(order, to, edge.Position)}, which {to} appended"),
        };

        Dependency Make(DependencyKind kind, string message) => new(from.Transaction, to.Transaction, kind, order.Key.Name, message);
    }

    private static string AfterWrite(VersionOrder order, TransactionNode from, TransactionNode to, int position)
    {
        string before = $"{from} appended {order.Versions[position - 1].Value} to '{order.Key.Name}'";
        return position < order.Versions.Count
            ? $"{before}, and {to} appended {order.Versions[position].Value} after it"
            : $"{before}, which is the last value seen, so that {Value(order, to, position)} by {to}, which nobody saw, came after it";
    }

    private static Dependency InTime(TransactionNode from, TransactionNode to) => from.Life == to.Life && !from.IsRecovery
        ? new Dependency(
            from.Transaction,
            to.Transaction,
            DependencyKind.RealTime,
            null,
            $"{from} was acknowledged (at {from.Transaction.EndAt}) before {to} began (at {to.Transaction.BeginAt})")
        : new Dependency(from.Transaction, to.Transaction, DependencyKind.LifeOrder, null, $"{InLife(from)} comes before {InLife(to)}");

    private static string InLife(TransactionNode node) => node.IsRecovery ? $"{node}" : $"{node} of life {node.Life}";

    private static long Value(VersionOrder order, TransactionNode appender, int position) => position < order.Versions.Count
        ? order.Versions[position].Value
        : appender.Appends.First(append => append.Key == order.Key && append is { Position: < 0, IsMissing: false }).Value;

    private static string Seen(VersionOrder order, int length) => ListText.Show([.. order.Versions.Take(length).Select(version => version.Value)]);
}
