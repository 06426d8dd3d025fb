using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>Adds entries to a transaction. The entries it returns are in no log yet: they have neither position nor time, and are not durable.</summary>
internal sealed class TransactionEntryWriter(WalTransaction transaction) : IEntryWriter
{
    /// <summary>Writes a state item. Where the entry is wanted, what the key held counts as read by the transaction.</summary>
    public WalEntry? Set(string key, object? value, bool wantsEntry)
    {
        KeyRules.Require(key);
        return Set(key, ValueCodec.Encode(value).ToArray(), wantsEntry);
    }

    /// <summary>As <see cref="Set(string, object?, bool)"/>, of a value that is encoded.</summary>
    public WalEntry? Set(string key, byte[] value, bool wantsEntry)
    {
        KeyValueItem? previous = wantsEntry ? transaction.Find(key) : null;
        transaction.Write(key, value);
        return wantsEntry ? Describe(WalEntryKind.StateItemSet, key, ValueCodec.Decode(value), previous) : null;
    }

    /// <summary>Deletes a key; as for <see cref="Set(string, object?, bool)"/>.</summary>
    public WalEntry? Delete(string key, bool wantsEntry)
    {
        KeyRules.Require(key);
        KeyValueItem? previous = wantsEntry ? transaction.Find(key) : null;
        transaction.Delete(key);
        return wantsEntry ? Describe(WalEntryKind.StateItemRemoved, key, null, previous) : null;
    }

    /// <inheritdoc/>
    public WalEntry? Append(string type, object? value, bool wantsEntry) => Append(type, ValueCodec.Encode(value).ToArray(), wantsEntry);

    /// <summary>As <see cref="Append(string, object?, bool)"/>, of a value that is encoded.</summary>
    public WalEntry? Append(string type, byte[] value, bool wantsEntry)
    {
        transaction.Append(type, value);
        return wantsEntry ? new WalEntry { Kind = WalEntryKind.Record, Type = type, Value = ValueCodec.Decode(value) } : null;
    }

    private static WalEntry Describe(WalEntryKind kind, string key, object? value, KeyValueItem? previous) => new()
    {
        Kind = kind,
        Key = key,
        Value = value,
        PreviousValue = previous is null ? null : ValueCodec.Decode(previous.Value.Span),
        HadPrevious = previous is not null,
    };
}
