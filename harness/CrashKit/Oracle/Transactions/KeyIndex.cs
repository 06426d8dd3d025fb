using System.Collections.Immutable;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>All that was done to one key.</summary>
internal sealed class KeyIndex(int number, string name)
{
    private readonly Dictionary<long, IndexedAppend> _byValue = [];
    private readonly List<IndexedAppend> _appends = [];

    public int Number { get; } = number;

    public string Name { get; } = name;

    /// <summary>All appends, those of aborted transactions among them; life after life.</summary>
    public IReadOnlyList<IndexedAppend> Appends => _appends;

    /// <summary>What was seen of it by transactions that happened. Those of one transaction stand together, in its order.</summary>
    public List<IndexedRead> Reads { get; } = [];

    /// <summary>The longest of those lists.</summary>
    public ImmutableArray<long> Longest { get; set; } = [];

    public IndexedAppend? Find(long value) => _byValue.GetValueOrDefault(value);

    public IndexedAppend Add(TransactionNode node, long value)
    {
        IndexedAppend append = new(node, this, value);
        if (!_byValue.TryAdd(value, append))
            throw new ArgumentException($"{node} and {_byValue[value].Node} both append {value} to '{Name}': the history is of no use.");
        _appends.Add(append);
        return append;
    }
}
