using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>What one transaction has changed in the key-value state and not committed yet, and what it has read of it.</summary>
internal sealed class KeyValueChanges(KeyValueState state, Snapshot snapshot) : ITransactionView
{
    private readonly Dictionary<string, KeyValueItem> _changed = new(StringComparer.Ordinal);
    private readonly List<(string Key, KeyValueItem? Before)> _undo = [];
    private readonly HashSet<string> _keysRead = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixesRead = new(StringComparer.Ordinal);

    public int ChangeCount => _undo.Count;

    /// <param name="key">The key.</param>
    /// <param name="value">The value; null: it is deleted.</param>
    public void Change(string key, byte[]? value)
    {
        _undo.Add((key, _changed.GetValueOrDefault(key)));
        _changed[key] = new KeyValueItem(KeyValueBatch.EncodeKey(key), value, Lsn.None, Lsn.None, timestamp: 0, transactionId: 0) { IsDeleted = value is null };
    }

    public KeyValueItem? Find(string key)
    {
        byte[] utf8 = KeyValueBatch.EncodeKey(key);
        if (_changed.TryGetValue(key, out KeyValueItem? own))
            return own.IsDeleted ? null : own;
        _keysRead.Add(key);
        return state.FindAt(utf8, snapshot.Lsn);
    }

    public IReadOnlyList<KeyValueItem> FindByPrefix(string prefix)
    {
        KeyValueItem[] found = state.SelectAt(prefix, snapshot.Lsn);
        _prefixesRead.Add(prefix);
        if (_changed.Count == 0)
            return found;
        IEnumerable<KeyValueItem> own = _changed.Where(change => change.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(change => change.Value);
        List<KeyValueItem> merged = [.. found.Where(item => !_changed.ContainsKey(item.Key)), .. own.Where(item => !item.IsDeleted)];
        merged.Sort(static (left, right) => left.KeyUtf8.Span.SequenceCompareTo(right.KeyUtf8.Span));
        return merged;
    }

    public void RollBackTo(int changeCount)
    {
        for (int i = _undo.Count - 1; i >= changeCount; i--)
        {
            if (_undo[i].Before is KeyValueItem before)
                _changed[_undo[i].Key] = before;
            else
                _changed.Remove(_undo[i].Key);
        }

        _undo.RemoveRange(changeCount, _undo.Count - changeCount);
    }

    public string? FindConflict() =>
        state.FindChanged(_keysRead, _prefixesRead, snapshot.Lsn) is string key ? $"the key '{key}', which it has read, was changed by another commit" : null;
}
