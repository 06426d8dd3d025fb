using Persistence.KeyValue;

namespace PersistenceModule;

/// <summary>A key and what it holds.</summary>
public sealed class StateItem
{
    private StateItem(KeyValueItem item)
    {
        Key = item.Key;
        Value = ValueCodec.Decode(item.Value.Span);
        Lsn = item.Lsn.Value;
        Time = item.Timestamp.ToLocalTime();
        TransactionId = item.TransactionId == 0 ? null : item.TransactionId;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public object? Value { get; }

    /// <summary>The entry of the log that wrote it.</summary>
    public long Lsn { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The transaction that wrote it, or null.</summary>
    public long? TransactionId { get; }

    internal static StateItem From(KeyValueItem item) => new(item);
}
