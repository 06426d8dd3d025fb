using System.Collections.Immutable;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>A history taken apart: nodes, keys, and for each value who appended it. A recovered state becomes a transaction that reads every key.</summary>
internal sealed class HistoryIndex
{
    private readonly List<TransactionNode> _nodes = [];
    private readonly List<KeyIndex> _keys = [];
    private readonly Dictionary<string, KeyIndex> _keyOf = new(StringComparer.Ordinal);
    private readonly Dictionary<KeyIndex, IndexedAppend> _lastOwn = [];

    /// <exception cref="ArgumentException">A value is appended to a key twice.</exception>
    public HistoryIndex(TransactionHistory history)
    {
        LifeCount = history.Lives.Count;
        for (int life = 0; life < LifeCount; life++)
            AddLife(history.Lives[life], life);
        foreach (TransactionNode node in _nodes)
            IndexAppends(node);
        KeyIndex[] sorted = [.. _keys.OrderBy(key => key.Name, StringComparer.Ordinal)];
        foreach (TransactionNode node in _nodes)
            IndexReads(node, sorted);
    }

    public int LifeCount { get; }

    /// <summary>Recoveries and transactions, life after life; each at its own number.</summary>
    public IReadOnlyList<TransactionNode> Nodes => _nodes;

    public IReadOnlyList<KeyIndex> Keys => _keys;

    private void AddLife(Life life, int number)
    {
        if (life.Recovered is not null)
        {
            AddNode(number, new ObservedTransaction(-1, -1, TransactionOutcome.Committed, [new PrefixRead("", life.Recovered)]) { BeginAt = 0, EndAt = 0, RecoveryOf = number });
        }

        foreach (ObservedTransaction transaction in life.Transactions)
            AddNode(number, transaction);
    }

    private void AddNode(int life, ObservedTransaction transaction) => _nodes.Add(new TransactionNode(_nodes.Count, transaction, life));

    /// <summary>Makes every key and every append known; only then can it be said which keys a prefix stands for.</summary>
    private void IndexAppends(TransactionNode node)
    {
        foreach (TransactionOperation operation in node.Transaction.Operations)
        {
            switch (operation)
            {
                case ListAppend append:
                    node.Appends.Add(Key(append.Key).Add(node, append.Value));
                    break;
                case ListRead read:
                    Key(read.Key);
                    break;
                case PrefixRead read:
                    foreach (string key in read.Lists.Keys)
                        Key(key);
                    break;
            }
        }
    }

    private void IndexReads(TransactionNode node, KeyIndex[] sorted)
    {
        _lastOwn.Clear();
        int appended = 0;
        foreach (TransactionOperation operation in node.Transaction.Operations)
        {
            switch (operation)
            {
                case ListAppend:
                    Chain(node.Appends[appended++]);
                    break;
                case ListRead read:
                    Add(node, Key(read.Key), read.Values);
                    break;
                case PrefixRead read:
                    for (int i = FirstWith(read.Prefix, sorted); i < sorted.Length && sorted[i].Name.StartsWith(read.Prefix, StringComparison.Ordinal); i++)
                        AddOfPrefix(node, sorted[i], read.Lists.GetValueOrDefault(sorted[i].Name, []));
                    break;
            }
        }
    }

    private void Chain(IndexedAppend append)
    {
        if (_lastOwn.TryGetValue(append.Key, out IndexedAppend? previous))
        {
            append.Previous = previous;
            previous.Next = append;
        }

        _lastOwn[append.Key] = append;
    }

    /// <summary>That a recovery does not show a key of which only later lives will hear needs no saying: it comes before them.</summary>
    private void AddOfPrefix(TransactionNode node, KeyIndex key, ImmutableArray<long> values)
    {
        bool isOfLaterLives = key.Appends.Count == 0 || key.Appends[0].Node.Life >= node.Life;
        if (!(node.IsRecovery && values.IsEmpty && isOfLaterLives))
            Add(node, key, values);
    }

    private void Add(TransactionNode node, KeyIndex key, ImmutableArray<long> values) =>
        node.Reads.Add(new IndexedRead(node, key, values, _lastOwn.GetValueOrDefault(key)));

    private KeyIndex Key(string name)
    {
        if (!_keyOf.TryGetValue(name, out KeyIndex? key))
        {
            _keyOf[name] = key = new KeyIndex(_keys.Count, name);
            _keys.Add(key);
        }

        return key;
    }

    /// <summary>The place of the first key that is not before the prefix.</summary>
    private static int FirstWith(string prefix, KeyIndex[] sorted)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(sorted[middle].Name, prefix) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
