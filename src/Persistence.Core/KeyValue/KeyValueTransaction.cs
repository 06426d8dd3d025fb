using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>
/// The key-value state inside a transaction: as it was when the transaction began, with the transaction's own changes. Whatever is read must not have been
/// changed by others when the transaction is committed. One thread at a time.
/// </summary>
public sealed class KeyValueTransaction
{
    private readonly ITransaction _transaction;
    private readonly KeyValueChanges _changes;

    internal KeyValueTransaction(ITransaction transaction, KeyValueChanges changes)
    {
        _transaction = transaction;
        _changes = changes;
    }

    /// <summary>Sets a key.</summary>
    /// <param name="key">1 to 4,096 bytes of UTF-8.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <exception cref="ArgumentException">The key is empty, too long or not valid text.</exception>
    /// <exception cref="Diagnostics.StoreException">TransactionAborted, NestedTransaction, RecordTooLarge, MalformedData when <paramref name="value"/> is not one MessagePack value.</exception>
    public void Set(string key, ReadOnlySpan<byte> value)
    {
        _transaction.RequireActive();
        KeyValueBatch.AddWrite(_transaction.Commands, key, value);
        _changes.Change(key, value.ToArray());
    }

    /// <summary>Deletes a key; one that is not there is no error.</summary>
    public void Delete(string key)
    {
        _transaction.RequireActive();
        KeyValueBatch.AddDelete(_transaction.Commands, key);
        _changes.Change(key, null);
    }

    /// <summary>Looks a key up.</summary>
    /// <returns>The item, or null when there is none. One that this transaction has written has no LSN and no time yet.</returns>
    public KeyValueItem? Find(string key)
    {
        _transaction.RequireActive();
        return _changes.Find(key);
    }

    /// <summary>The items whose key starts with a prefix, in ordinal order of the keys.</summary>
    public IReadOnlyList<KeyValueItem> FindByPrefix(string prefix = "")
    {
        _transaction.RequireActive();
        return _changes.FindByPrefix(prefix);
    }
}
