using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>An item as it is read from a checkpoint or the log, in somebody else's bytes.</summary>
/// <param name="key">The key.</param>
/// <param name="value">The value.</param>
/// <param name="lsn">The record that wrote it.</param>
/// <param name="commitLsn">The record by which it came to count.</param>
/// <param name="timestamp">When it was written.</param>
/// <param name="transactionId">The transaction that wrote it.</param>
internal readonly ref struct LoadedItem(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Lsn lsn, Lsn commitLsn, long timestamp, long transactionId)
{
    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> Value { get; } = value;

    public Lsn Lsn { get; } = lsn;

    public Lsn CommitLsn { get; } = commitLsn;

    public long Timestamp { get; } = timestamp;

    public long TransactionId { get; } = transactionId;

    /// <summary>The same as an object of its own.</summary>
    /// <param name="isDeleted">Whether it is the news that the key was deleted.</param>
    public KeyValueItem ToItem(bool isDeleted = false) => new(Key.ToArray(), Value.ToArray(), Lsn, CommitLsn, Timestamp, TransactionId) { IsDeleted = isDeleted };
}
