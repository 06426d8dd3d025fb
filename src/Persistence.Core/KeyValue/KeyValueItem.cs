using System.Text;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>One key and its value. What can be seen of it never changes.</summary>
public sealed class KeyValueItem
{
    private string? _key;

    /// <param name="keyUtf8">The key.</param>
    /// <param name="value">The value; empty for a deleted item.</param>
    /// <param name="lsn">The record that wrote it.</param>
    /// <param name="commitLsn">The record by which it came to count.</param>
    /// <param name="timestamp">When it was written.</param>
    /// <param name="transactionId">The transaction that wrote it.</param>
    internal KeyValueItem(ReadOnlyMemory<byte> keyUtf8, ReadOnlyMemory<byte> value, Lsn lsn, Lsn commitLsn, long timestamp, long transactionId)
    {
        KeyUtf8 = keyUtf8;
        Value = value;
        Lsn = lsn;
        CommitLsn = commitLsn;
        Timestamp100Ns = timestamp;
        TransactionId = transactionId;
    }

    /// <summary>The key.</summary>
    public string Key => _key ??= Encoding.UTF8.GetString(KeyUtf8.Span);

    /// <summary>The value: one MessagePack value.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>The record that wrote it.</summary>
    public Lsn Lsn { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset Timestamp => Timestamps.ToInstant(Timestamp100Ns);

    /// <summary>The transaction that wrote it; 0 outside one.</summary>
    public long TransactionId { get; }

    /// <summary>The record by which it came to count: it is in snapshots from there on.</summary>
    internal Lsn CommitLsn { get; }

    /// <summary>Whether it is what is left of a deleted item while older snapshots are open.</summary>
    internal bool IsDeleted { get; init; }

    /// <summary>The version it replaced, as long as a snapshot may ask for it.</summary>
    internal KeyValueItem? Previous { get; set; }

    internal ReadOnlyMemory<byte> KeyUtf8 { get; }

    internal long Timestamp100Ns { get; }
}
