using Persistence.KeyValue;
using Persistence.State;

namespace PersistenceModule;

/// <summary>Entries gathered for one atomic commit: writes and deletes, or application records. Nothing is logged before <see cref="Commit"/>.</summary>
internal sealed class EntryTransaction
{
    private readonly KeyValueBatch _changes = new();
    private readonly CommandBatch _records = new();
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);

    public int Count => _changes.Count + _records.Count;

    public void Set(string key, object? value)
    {
        KeyRules.Require(key);
        _changes.Set(key, ValueCodec.Encode(value));
    }

    public void Delete(string key)
    {
        KeyRules.Require(key);
        _changes.Delete(key);
    }

    public void Append(string type, object? value)
    {
        ApplicationRecord.AddTo(_records, type, ValueCodec.Encode(value));
        _types.Add(type);
    }

    /// <summary>Commits everything as one step; one command's parameters make it one kind or the other.</summary>
    /// <returns>The position of the first entry, and the position after the last.</returns>
    public (long First, long End) Commit(WalStore store)
    {
        using WalStore.SharedCommit commit = store.EnterCommit();
        CommitResult result = _records.Count > 0 ? store.Engine.Commit(_records) : store.State.Commit(_changes);
        foreach (string type in _types)
            store.RememberType(type);
        return (result.First.Value, result.End.Value);
    }
}
