using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>State items as a command reads and changes them: a store's, or what a transaction sees of them and does to them.</summary>
internal interface IStateItems
{
    /// <summary>The item of a key, or null.</summary>
    KeyValueItem? Find(string key);

    /// <summary>The items whose key starts with a prefix, in ordinal order of the keys.</summary>
    IReadOnlyList<KeyValueItem> FindByPrefix(string prefix);

    /// <summary>Writes an item.</summary>
    /// <returns>The item as it is now.</returns>
    KeyValueItem Write(string key, byte[] value);

    /// <summary>Deletes a key that is there.</summary>
    /// <returns>What it held, or null when it was not there; then nothing was done.</returns>
    KeyValueItem? TryDelete(string key);
}
