using System.Runtime.InteropServices;

namespace Persistence.State;

/// <summary>
/// What a state model remembers of changes that are sequenced and perhaps not applied: the newest value of each key concerned. Not thread-safe.
/// </summary>
/// <typeparam name="TKey">What is changed.</typeparam>
/// <typeparam name="T">What a key is after a change.</typeparam>
internal sealed class SequencedChanges<TKey, T>
    where TKey : notnull
{
    // Room that one huge batch took and that is not kept for the next.
    private const int KeptEntriesMax = 1 << 16;

    private readonly Dictionary<TKey, Entry> _entries = [];

    // What the batch being sequenced replaced.
    private readonly List<(TKey Key, Entry Before)> _undo = [];

    /// <summary>Keys with changes that are outstanding.</summary>
    public int Count => _entries.Count;

    public IEnumerable<TKey> Keys => _entries.Keys;

    public bool Contains(TKey key) => _entries.ContainsKey(key);

    /// <returns>Whether a change of the key is outstanding.</returns>
    public bool TryFind(TKey key, out T value)
    {
        bool known = _entries.TryGetValue(key, out Entry entry);
        value = entry.Value;
        return known;
    }

    /// <summary>Sequences a change of the batch at hand.</summary>
    public void Add(TKey key, T value)
    {
        ref Entry entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, key, out _);
        _undo.Add((key, entry));
        entry = new Entry(value, entry.Outstanding + 1);
    }

    /// <summary>Ends the batch: accepted, or withdrawn as if it had never been.</summary>
    public void End(bool accepted)
    {
        for (int i = _undo.Count - 1; i >= 0 && !accepted; i--)
            Set(_undo[i].Key, _undo[i].Before.Value, _entries[_undo[i].Key].Outstanding - 1);
        _undo.Clear();
        if (_undo.Capacity > KeptEntriesMax)
            _undo.Capacity = 0;
    }

    /// <summary>A change was applied. A key none of whose changes is outstanding any more is what the applied state says.</summary>
    public void NoteApplied(TKey key)
    {
        // Most have one change outstanding.
        if (_entries.Remove(key, out Entry entry) && entry.Outstanding > 1)
            _entries.Add(key, entry with { Outstanding = entry.Outstanding - 1 });
    }

    /// <summary>Nothing is outstanding.</summary>
    public void Clear()
    {
        _entries.Clear();
        if (_entries.EnsureCapacity(0) > KeptEntriesMax)
            _entries.TrimExcess();
    }

    private void Set(TKey key, T value, int outstanding)
    {
        if (outstanding > 0)
            _entries[key] = new Entry(value, outstanding);
        else
            _entries.Remove(key);
    }

    private readonly record struct Entry(T Value, int Outstanding);
}
