using Persistence.Entities;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Terminals;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>Makes entries for people out of records, as far as a filter wants them: values are decoded last.</summary>
internal static class WalEntryReader
{
    /// <summary>The entry, or null when the filter leaves it out.</summary>
    /// <param name="record">The record.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="schema">What tables and fields of entities are called today; null: nobody knows.</param>
    /// <exception cref="Persistence.Diagnostics.MalformedDataException">Intact bytes that are not what they must be.</exception>
    public static WalEntry? Read(LogEntry record, WalEntryFilter filter, EntitySchema? schema)
    {
        if (!filter.AdmitsTime(record.Timestamp))
            return null;
        if (KeyValueChange.Is(record.Type))
            return ReadChange(record, filter);
        if (record.Type == RecordType.ApplicationRecord)
            return ReadRecord(record, filter);
        WalEntryKind kind = KindOf(record.Type);
        if (!filter.Admits(kind, key: null, type: null))
            return null;
        if (TerminalChange.Is(record.Type))
            return ReadTerminalChange(record);
        if (EntityChange.Is(record.Type))
            return ReadEntityChange(record, schema);
        return FileChange.Is(record.Type) ? ReadFileChange(record) : Create(record, kind, type: null, EntryNotes.Read(record, schema));
    }

    /// <summary>What records of a type record.</summary>
    public static WalEntryKind KindOf(RecordType type)
    {
        if (KeyValueChange.Is(type))
            return KeyValueChange.IsRemoval(type) ? WalEntryKind.StateItemRemoved : WalEntryKind.StateItemSet;
        if (FileChange.Is(type))
            return FileChange.IsRemoval(type) ? WalEntryKind.FileRemoved : WalEntryKind.FileWritten;
        // They are called alike.
        if (TerminalChange.Is(type))
            return Enum.Parse<WalEntryKind>(((TerminalRecordKind)type.Kind).ToString());
        if (EntityChange.Is(type))
            return Enum.Parse<WalEntryKind>(((EntityRecordKind)type.Kind).ToString());
        return type switch
        {
            _ when type == RecordType.ApplicationRecord => WalEntryKind.Record,
            _ when FileChange.IsCarriedOut(type) => WalEntryKind.FilesInPlace,
            _ when type == RecordType.CheckpointMarker => WalEntryKind.Checkpoint,
            _ when type == RecordType.TransactionBegin => WalEntryKind.TransactionBegun,
            _ when type == RecordType.TransactionCommit => WalEntryKind.TransactionCommitted,
            _ when type == RecordType.TransactionAbort => WalEntryKind.TransactionAborted,
            _ when type == RecordType.RolledBackTransaction => WalEntryKind.TransactionRolledBack,
            _ => WalEntryKind.Other,
        };
    }

    private static WalEntry? ReadChange(LogEntry record, WalEntryFilter filter)
    {
        KeyValueChange change = KeyValueChange.Read(record.Type, record.Version, record.Payload.Span);
        WalEntryKind kind = KindOf(record.Type);
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

    private static WalEntry ReadFileChange(LogEntry record)
    {
        FileChange change = FileChange.Read(record.Type, record.Version, record.Payload.Span);
        return new WalEntry
        {
            Lsn = record.Lsn.Value,
            Time = record.Timestamp.ToLocalTime(),
            Kind = KindOf(record.Type),
            FileName = change.Name,
            Value = EntryNotes.Describe(change),
            HadPrevious = change.HadPrevious,
            TransactionId = Transaction(record),
            IsDurable = record.IsDurable,
        };
    }

    private static WalEntry ReadTerminalChange(LogEntry record)
    {
        TerminalChange change = TerminalChange.Read(record.Type, record.Version, record.Payload.Span);
        return new WalEntry
        {
            Lsn = record.Lsn.Value,
            Time = record.Timestamp.ToLocalTime(),
            Kind = KindOf(record.Type),
            SessionId = change.Session?.Value,
            WindowId = change.Window?.Value,
            PaneId = change.Pane?.Value,
            Value = EntryNotes.Describe(change),
            TransactionId = Transaction(record),
            IsDurable = record.IsDurable,
        };
    }

    private static WalEntry ReadEntityChange(LogEntry record, EntitySchema? schema)
    {
        EntityChange change = EntityChange.Read(record.Type, record.Version, record.Payload.Span, schema);
        EntityNotes notes = new(schema);
        return new WalEntry
        {
            Lsn = record.Lsn.Value,
            Time = record.Timestamp.ToLocalTime(),
            Kind = KindOf(record.Type),
            EntityId = change.Entity,
            Table = change.Table is int table ? notes.NameOf(table) : null,
            Value = notes.Describe(change),
            HadPrevious = change.WasThere ?? false,
            TransactionId = Transaction(record),
            IsDurable = record.IsDurable,
        };
    }

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
