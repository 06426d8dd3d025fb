using Persistence.KeyValue;
using Persistence.State;

namespace PersistenceModule;

/// <summary>Entries gathered for one commit: writes and deletes, or application records.</summary>
internal sealed class EntryTransaction(WalStore store) : IEntryTransaction
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

    public IEnumerable<WalEntry> Commit(bool wantsEntries, Action<string> debug)
    {
        store.RequireOpen(StoreAccess.Write);
        CommitResult result = Commit();
        foreach (string type in _types)
            store.RememberType(type);
        debug($"The transaction lies at LSN {result.First} to {result.End}.");
        return wantsEntries ? EntryWriter.ReadBack(store, result.First.Value, result.End.Value) : [];
    }

    /// <summary>One command's parameters make it one kind or the other.</summary>
    private CommitResult Commit()
    {
        using WalStore.SharedCommit commit = store.EnterCommit();
        return _records.Count > 0 ? store.Engine.Commit(_records) : store.State.Commit(_changes);
    }
}
