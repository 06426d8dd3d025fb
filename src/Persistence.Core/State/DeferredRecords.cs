using Persistence.Serialization;

namespace Persistence.State;

/// <summary>Copies of the records of a transaction whose end has not been read yet.</summary>
/// <param name="transactionId">LSN of its first record.</param>
internal sealed class DeferredRecords(long transactionId)
{
    private readonly GrowableBuffer _payloads = new(Array.MaxLength, initialCapacity: 4 << 10);
    private readonly List<Entry> _entries = [];

    public long TransactionId => transactionId;

    public int Count => _entries.Count;

    public void Add(in LogRecord record)
    {
        _entries.Add(new Entry(record.Lsn, record.Type, record.Version, record.Flags, record.TransactionId, record.Timestamp, _payloads.Length, record.Payload.Length));
        _payloads.Write(record.Payload);
    }

    /// <summary>A record as it counts from its commit on.</summary>
    public LogRecord Get(int index, Lsn commitLsn)
    {
        Entry entry = _entries[index];
        return new LogRecord
        {
            Lsn = entry.Lsn,
            CommitLsn = commitLsn,
            Type = entry.Type,
            Version = entry.Version,
            Flags = entry.Flags,
            TransactionId = entry.TransactionId,
            Timestamp = entry.Timestamp,
            Payload = _payloads.WrittenSpan.Slice(entry.Offset, entry.Length),
        };
    }

    private readonly record struct Entry(Lsn Lsn, RecordType Type, byte Version, RecordFlags Flags, long TransactionId, long Timestamp, int Offset, int Length);
}
