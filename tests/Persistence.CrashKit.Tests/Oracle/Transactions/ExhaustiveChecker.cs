using System.Collections.Immutable;
using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Tests.Oracle.Transactions;

/// <summary>
/// The definition itself, for tiny histories: is there a choice of the transactions with an unknown end, and an order of everything (for snapshot isolation,
/// of every begin and every commit), in which a store of that level shows each reader what it saw?
/// </summary>
internal sealed class ExhaustiveChecker
{
    private readonly IsolationLevel _level;
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _keys = [];

    public ExhaustiveChecker(TransactionHistory history, IsolationLevel level)
    {
        _level = level;
        for (int life = 0; life < history.Lives.Count; life++)
        {
            if (history.Lives[life].Recovered is { } recovered)
                _nodes.Add(new Node(new ObservedTransaction(0, 0, TransactionOutcome.Committed, [new PrefixRead("", recovered)]) { BeginAt = 0, EndAt = 0 }, life, true));
            foreach (ObservedTransaction transaction in history.Lives[life].Transactions)
            {
                _nodes.Add(new Node(transaction, life, false));
                _keys.UnionWith(transaction.Operations.OfType<ListAppend>().Select(append => append.Key));
            }
        }
    }

    private enum Stage
    {
        NotBegun,
        Begun,
        Done,
    }

    public bool CanExplain() => Extend(new Stage[_nodes.Count], new State(ImmutableDictionary<string, ImmutableList<long>>.Empty), new State[_nodes.Count]);

    private bool Extend(Stage[] stages, State state, State[] beganWith)
    {
        if (_nodes.Index().All(node => stages[node.Index] == Stage.Done || (stages[node.Index] == Stage.NotBegun && node.Item.Transaction.Outcome != TransactionOutcome.Committed)))
            return true;
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (stages[i] == Stage.NotBegun && MayBegin(i, stages) && Sees(_nodes[i], state))
            {
                State[] begins = [.. beganWith];
                begins[i] = state;
                bool isWhole = _level != IsolationLevel.SnapshotIsolation || _nodes[i].IsRecovery;
                if (Extend(With(stages, i, isWhole ? Stage.Done : Stage.Begun), isWhole ? Commit(_nodes[i], state) : state, begins))
                    return true;
            }
            else if (stages[i] == Stage.Begun && MayCommit(_nodes[i], beganWith[i], state) && Extend(With(stages, i, Stage.Done), Commit(_nodes[i], state), beganWith))
            {
                return true;
            }
        }

        return false;
    }

    private bool MayBegin(int i, Stage[] stages)
    {
        Node node = _nodes[i];
        if (node.Transaction.Outcome == TransactionOutcome.Aborted)
            return false;
        for (int j = 0; j < _nodes.Count; j++)
        {
            Node other = _nodes[j];
            bool mustBeDone = other.Transaction.Outcome == TransactionOutcome.Committed && IsBefore(other, node);
            if ((mustBeDone && stages[j] != Stage.Done) || (stages[j] == Stage.Begun && IsLifeBefore(other, node)) || (stages[j] != Stage.NotBegun && IsLifeBefore(node, other)))
                return false;
        }

        return true;
    }

    private bool IsBefore(Node one, Node other) => IsLifeBefore(one, other)
        || (_level == IsolationLevel.StrictSerializable && one.Life == other.Life && !one.IsRecovery && !other.IsRecovery && one.Transaction.EndAt < other.Transaction.BeginAt);

    private static bool IsLifeBefore(Node one, Node other) => one.Life != other.Life ? one.Life < other.Life : one.IsRecovery && !other.IsRecovery;

    private bool Sees(Node node, State state)
    {
        foreach (TransactionOperation operation in node.Transaction.Operations)
        {
            switch (operation)
            {
                case ListAppend append:
                    state = state.Append(append);
                    break;
                case ListRead read when !state.Of(read.Key).SequenceEqual(read.Values):
                    return false;
                case PrefixRead read:
                    IEnumerable<string> keys = _keys.Union(read.Lists.Keys).Where(key => key.StartsWith(read.Prefix, StringComparison.Ordinal));
                    foreach (string key in keys)
                    {
                        if (!state.Of(key).SequenceEqual(read.Lists.GetValueOrDefault(key, [])))
                            return false;
                    }

                    break;
            }
        }

        return true;
    }

    /// <summary>Of two that run beside each other and append to one key, the second to commit fails.</summary>
    private static bool MayCommit(Node node, State began, State now) =>
        node.Transaction.Operations.OfType<ListAppend>().All(append => began.Of(append.Key).Count == now.Of(append.Key).Count);

    private static State Commit(Node node, State state) => node.Transaction.Operations.OfType<ListAppend>().Aggregate(state, (changed, append) => changed.Append(append));

    private static Stage[] With(Stage[] stages, int i, Stage stage)
    {
        Stage[] changed = [.. stages];
        changed[i] = stage;
        return changed;
    }

    private sealed record Node(ObservedTransaction Transaction, int Life, bool IsRecovery);

    private sealed record State(ImmutableDictionary<string, ImmutableList<long>> Lists)
    {
        public ImmutableList<long> Of(string key) => Lists.GetValueOrDefault(key, []);

        public State Append(ListAppend append) => new(Lists.SetItem(append.Key, Of(append.Key).Add(append.Value)));
    }
}
