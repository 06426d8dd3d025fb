using System.Text;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>One key and its value. Immutable.</summary>
public sealed class KeyValueItem
{
    private string? _key;

    internal KeyValueItem(byte[] keyUtf8, byte[] value, Lsn lsn, long timestamp, long transactionId)
    {
        KeyUtf8 = keyUtf8;
        ValueBytes = value;
        Lsn = lsn;
        Timestamp100Ns = timestamp;
        TransactionId = transactionId;
    }

    /// <summary>The key.</summary>
    public string Key => _key ??= Encoding.UTF8.GetString(KeyUtf8);

    /// <summary>The value: one MessagePack value.</summary>
    public ReadOnlyMemory<byte> Value => ValueBytes;

    /// <summary>The record that wrote it.</summary>
    public Lsn Lsn { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset Timestamp => Timestamps.ToInstant(Timestamp100Ns);

    /// <summary>The transaction that wrote it; 0 outside one.</summary>
    public long TransactionId { get; }

    internal byte[] KeyUtf8 { get; }

    internal byte[] ValueBytes { get; }

    internal long Timestamp100Ns { get; }
}
