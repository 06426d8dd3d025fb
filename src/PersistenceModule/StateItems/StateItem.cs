using Persistence.KeyValue;
using Persistence.State;

namespace PersistenceModule;

/// <summary>A key and what it holds.</summary>
public sealed class StateItem
{
    private StateItem(KeyValueItem item, Lsn durable)
    {
        Key = item.Key;
        Value = ValueCodec.Decode(item.Value.Span);
        if (item.Lsn > Persistence.State.Lsn.None)
        {
            Lsn = item.Lsn.Value;
            Time = item.Timestamp.ToLocalTime();
            IsDurable = item.Lsn < durable;
        }

        TransactionId = item.TransactionId == 0 ? null : item.TransactionId;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public object? Value { get; }

    /// <summary>The entry of the log that wrote it; null for what the current transaction has written and not committed.</summary>
    public long? Lsn { get; }

    /// <summary>When it was written; null as for <see cref="Lsn"/>.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>The transaction that wrote it, or null.</summary>
    public long? TransactionId { get; }

    /// <summary>Whether it is known to have been flushed. Read beside a writer, or after a crash, the newest items may not be.</summary>
    public bool IsDurable { get; }

    internal static StateItem From(KeyValueItem item, WalStore store) => new(item, store.Engine.DurableLsn);
}
