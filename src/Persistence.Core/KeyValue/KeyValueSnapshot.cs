using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>The key-value state as a snapshot of the store shows it.</summary>
public sealed class KeyValueSnapshot
{
    private readonly KeyValueState _state;
    private readonly Snapshot _snapshot;

    internal KeyValueSnapshot(KeyValueState state, Snapshot snapshot)
    {
        _state = state;
        _snapshot = snapshot;
    }

    /// <summary>How many keys there were.</summary>
    /// <exception cref="ObjectDisposedException">The snapshot was closed; so from every method.</exception>
    /// <exception cref="ArgumentException">The state is another store's now; so from every method.</exception>
    public int Count => _state.CountAt(OpenLsn);

    private Lsn OpenLsn => _state.LsnOf(_snapshot);

    /// <summary>Looks a key up.</summary>
    /// <returns>The item, or null when there was none.</returns>
    /// <exception cref="ArgumentException">The key is one that cannot exist: empty, too long or not valid text.</exception>
    public KeyValueItem? Find(string key) => _state.FindAt(KeyValueBatch.EncodeKey(key), OpenLsn);

    /// <summary>The items whose key starts with a prefix, in ordinal order of the keys.</summary>
    public IReadOnlyList<KeyValueItem> FindByPrefix(string prefix = "") => _state.SelectAt(prefix, OpenLsn);
}
