using System.Management.Automation;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>Makes entries for people out of records, as far as a filter wants them: values are decoded last.</summary>
internal static class WalEntryReader
{
    /// <summary>The entry, or null when the filter leaves it out.</summary>
    /// <exception cref="Persistence.Diagnostics.MalformedDataException">Intact bytes that are not what they must be.</exception>
    public static WalEntry? Read(LogEntry record, WalEntryFilter filter)
    {
        if (!filter.AdmitsTime(record.Timestamp))
            return null;
        if (KeyValueChange.Is(record.Type))
            return ReadChange(record, filter);
        if (record.Type == RecordType.ApplicationRecord)
            return ReadRecord(record, filter);
        return record.Type == RecordType.CheckpointMarker ? ReadCheckpoint(record, filter) : ReadOther(record, filter);
    }

    /// <summary>What records of a type are called here.</summary>
    public static WalEntryKind KindOf(RecordType type)
    {
        if (KeyValueChange.Is(type))
            return KeyValueChange.IsDeletion(type) ? WalEntryKind.StateItemRemoved : WalEntryKind.StateItemSet;
        if (type == RecordType.ApplicationRecord)
            return WalEntryKind.Record;
        return type == RecordType.CheckpointMarker ? WalEntryKind.Checkpoint : WalEntryKind.Other;
    }

    private static WalEntry? ReadChange(LogEntry record, WalEntryFilter filter)
    {
        KeyValueChange change = KeyValueChange.Read(record.Type, record.Version, record.Payload.Span);
        WalEntryKind kind = change.IsDelete ? WalEntryKind.StateItemRemoved : WalEntryKind.StateItemSet;
        if (!filter.Admits(kind, change.Key, type: null))
            return null;
        return new WalEntry
        {
            Lsn = record.Lsn.Value,
            Time = record.Timestamp.ToLocalTime(),
            Kind = kind,
            Key = change.Key,
            Value = change.IsDelete ? null : ValueCodec.Decode(change.Value),
            PreviousValue = change.Previous.IsEmpty ? null : ValueCodec.Decode(change.Previous),
            HadPrevious = change.HadPrevious,
            PreviousLsn = change.HadPrevious && change.Previous.IsEmpty ? change.PreviousLsn.Value : null,
            TransactionId = Transaction(record),
            IsDurable = record.IsDurable,
        };
    }

    private static WalEntry? ReadRecord(LogEntry record, WalEntryFilter filter)
    {
        string type = ApplicationRecord.Read(record.Payload.Span, out ReadOnlySpan<byte> value);
        return filter.Admits(WalEntryKind.Record, key: null, type) ? Create(record, WalEntryKind.Record, type, ValueCodec.Decode(value)) : null;
    }

    /// <summary>The marker's payload: checkpoint id, redoFrom, end.</summary>
    private static WalEntry? ReadCheckpoint(LogEntry record, WalEntryFilter filter)
    {
        if (!filter.Admits(WalEntryKind.Checkpoint, key: null, type: null))
            return null;
        MessagePackReader reader = new(record.Payload.Span);
        reader.ReadArrayHeader();
        PSObject value = new();
        foreach (string name in new[] { "CheckpointId", "RedoFrom", "End" })
            value.Properties.Add(new PSNoteProperty(name, reader.ReadInt64()));
        return Create(record, WalEntryKind.Checkpoint, type: null, value);
    }

    private static WalEntry? ReadOther(LogEntry record, WalEntryFilter filter) =>
        filter.Admits(WalEntryKind.Other, key: null, type: null) ? Create(record, WalEntryKind.Other, type: null, value: null) : null;

    private static WalEntry Create(LogEntry record, WalEntryKind kind, string? type, object? value) => new()
    {
        Lsn = record.Lsn.Value,
        Time = record.Timestamp.ToLocalTime(),
        Kind = kind,
        Type = type,
        Value = value,
        TransactionId = Transaction(record),
        IsDurable = record.IsDurable,
    };

    private static long? Transaction(LogEntry record) => record.TransactionId == 0 ? null : record.TransactionId;
}
