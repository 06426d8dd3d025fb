using System.Management.Automation;
using Persistence.Entities;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Terminals;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>What the engine's own records say, and records of files: the Value of their entries.</summary>
internal static class EntryNotes
{
    /// <summary>The note of one of the engine's records; null for those that say no more than their kind.</summary>
    /// <param name="record">The record.</param>
    /// <param name="schema">What tables and fields are called; null: nobody knows.</param>
    public static object? Read(LogEntry record, EntitySchema? schema)
    {
        if (record.Type == RecordType.CheckpointMarker)
            return ReadCheckpoint(record.Payload.Span);
        if (record.Type == RecordType.TransactionCommit)
            return ReadCommit(record.Payload.Span);
        return record.Type == RecordType.RolledBackTransaction ? ReadRolledBack(record.Payload.Span, schema) : null;
    }

    /// <summary>What is noted of a file's change; null for a deletion.</summary>
    public static object? Describe(FileChange change) => change.IsDelete ? null : ToObject(("Length", change.Length));

    /// <summary>What is noted of a change of terminals, without values of environment variables, which may be secret, and without output; null where there is nothing.</summary>
    public static object? Describe(TerminalChange change) => change.Kind switch
    {
        TerminalRecordKind.SessionMetadataSet => ToObject(("Key", change.Name!), ("Value", change.Text!)),
        TerminalRecordKind.SessionMetadataUnset => ToObject(("Key", change.Name!)),
        TerminalRecordKind.SessionEnvironmentSet => ToObject(("Variable", change.Name!), ("Kind", change.Variable!.Kind)),
        TerminalRecordKind.SessionEnvironmentUnset => ToObject(("Variable", change.Name!)),
        TerminalRecordKind.SessionCreated or TerminalRecordKind.SessionRenamed or TerminalRecordKind.WindowRenamed => ToObject(("Name", change.Name!)),
        TerminalRecordKind.WindowCreated => ToObject(("Name", change.Name!), ("Index", change.Index)),
        TerminalRecordKind.WindowMoved => ToObject(("Index", change.Index)),
        TerminalRecordKind.WindowLayout => ToObject(("Layout", $"{change.Layout}")),
        TerminalRecordKind.PaneCreated => ToObject(("Command", change.Configuration!.Command), ("Size", $"{change.Size}")),
        TerminalRecordKind.PaneConfigured => ToObject(("Command", change.Configuration!.Command)),
        TerminalRecordKind.PaneResized => ToObject(("Size", $"{change.Size}")),
        TerminalRecordKind.PaneState => Describe(change.State!),
        TerminalRecordKind.PaneTitle => ToObject(("Title", change.Text!)),
        TerminalRecordKind.PaneWorkingDirectory => ToObject(("Path", change.Text!)),
        TerminalRecordKind.PaneOutput => ToObject(("Position", change.OutputPosition), ("Bytes", change.OutputBytes)),
        TerminalRecordKind.ScrollbackLimits => ToObject(("Lines", change.Limits!.Value.Lines), ("Bytes", change.Limits.Value.Bytes)),
        _ => null,
    };

    private static PSObject Describe(PaneState state) => state switch
    {
        { ExitCode: int code } => ToObject(("State", state.Status), ("ExitCode", code)),
        { Process: PaneProcess process } => ToObject(("State", state.Status), ("ProcessId", process.Id)),
        _ => ToObject(("State", state.Status)),
    };

    /// <summary>Checkpoint id, redoFrom, end.</summary>
    private static PSObject ReadCheckpoint(ReadOnlySpan<byte> payload)
    {
        MessagePackReader reader = new(payload);
        reader.ReadArrayHeader();
        return ToObject(("CheckpointId", reader.ReadInt64()), ("RedoFrom", reader.ReadInt64()), ("End", reader.ReadInt64()));
    }

    /// <summary>The number of records; the one by which it begins is among them.</summary>
    private static PSObject ReadCommit(ReadOnlySpan<byte> payload)
    {
        MessagePackReader reader = new(payload);
        reader.ReadArrayHeader();
        return ToObject(("Changes", reader.ReadInt64() - 1));
    }

    private static PSObject ReadRolledBack(ReadOnlySpan<byte> payload, EntitySchema? schema)
    {
        RolledBackTransaction note = RolledBackTransaction.Read(payload);
        return ToObject(("Reason", note.Reason), ("Changes", note.Changes.Select(change => Read(change, schema)).ToArray()));
    }

    /// <summary>A change that never came into the log, as an entry that has no place in it; one that was too large to be noted has its kind alone.</summary>
    private static WalEntry Read(RolledBackChange change, EntitySchema? schema)
    {
        WalEntryKind kind = WalEntryReader.KindOf(change.Type);
        ReadOnlySpan<byte> payload = change.Payload.GetValueOrDefault().Span;
        return kind switch
        {
            _ when change.Payload is null => new WalEntry { Kind = kind },
            WalEntryKind.StateItemSet or WalEntryKind.StateItemRemoved => ReadChange(kind, KeyValueChange.Read(change.Type, change.Version, payload)),
            WalEntryKind.FileWritten or WalEntryKind.FileRemoved => ReadFileChange(kind, FileChange.Read(change.Type, change.Version, payload)),
            WalEntryKind.Record => ReadRecord(payload),
            _ when EntityChange.Is(change.Type) => ReadEntityChange(kind, EntityChange.Read(change.Type, change.Version, payload, schema), new EntityNotes(schema)),
            _ => new WalEntry { Kind = kind },
        };
    }

    private static WalEntry ReadChange(WalEntryKind kind, KeyValueChange change) =>
        new() { Kind = kind, Key = change.Key, Value = change.IsDelete ? null : ValueCodec.Decode(change.Value) };

    private static WalEntry ReadFileChange(WalEntryKind kind, FileChange change) =>
        new() { Kind = kind, FileName = change.Name, Value = Describe(change) };

    private static WalEntry ReadEntityChange(WalEntryKind kind, EntityChange change, EntityNotes notes) =>
        new() { Kind = kind, EntityId = change.Entity, Table = change.Table is int table ? notes.NameOf(table) : null, Value = notes.Describe(change) };

    private static WalEntry ReadRecord(ReadOnlySpan<byte> payload)
    {
        string type = ApplicationRecord.Read(payload, out ReadOnlySpan<byte> value);
        return new WalEntry { Kind = WalEntryKind.Record, Type = type, Value = ValueCodec.Decode(value) };
    }

    /// <summary>An object with some properties.</summary>
    public static PSObject ToObject(params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        PSObject created = new();
        foreach ((string name, object? value) in properties)
            created.Properties.Add(new PSNoteProperty(name, value));
        return created;
    }
}
