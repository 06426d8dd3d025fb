using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>A change of entities or of their schema as the log holds it, for reading history. What its kind does not say is null.</summary>
public sealed record EntityChange
{
    private EntityChange(EntityRecordKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public EntityRecordKind Kind { get; }

    /// <summary>The entity it is about.</summary>
    public EntityId? Entity { get; private init; }

    /// <summary>The number of the table it is about.</summary>
    public int? Table { get; private init; }

    /// <summary>The number of the field it is about.</summary>
    public int? Field { get; private init; }

    /// <summary>The name that a table or a field has got.</summary>
    public string? Name { get; private init; }

    /// <summary>The type that a field has got.</summary>
    public FieldType? Type { get; private init; }

    /// <summary>The fields that a table was created with, or the one that was added.</summary>
    public IReadOnlyList<FieldSchema>? Fields { get; private init; }

    /// <summary>The components that an entity was created with, or the one that was added, set or changed: what was written of it.</summary>
    public IReadOnlyList<ComponentChange>? Components { get; private init; }

    /// <summary>The numbers of the tables that an entity had components of when it was deleted.</summary>
    public IReadOnlyList<int>? TablesBefore { get; private init; }

    /// <summary>Of a component that was set: whether it was there before.</summary>
    public bool? WasThere { get; private init; }

    /// <summary>Whether a record type is a change of entities that this version knows.</summary>
    public static bool Is(RecordType type) => EntityRecords.IsKnown(type);

    /// <summary>Takes a payload apart: a record's, or a command's, which does not say what was there before.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="version">Its version.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="schema">What tables and fields are called, or null: numbers are never used again, so that that of today does for all of them that are still there.</param>
    /// <exception cref="MalformedDataException">It is not one.</exception>
    /// <exception cref="StoreException">UnsupportedFormatVersion.</exception>
    public static EntityChange Read(RecordType type, byte version, ReadOnlySpan<byte> payload, EntitySchema? schema = null)
    {
        if (!EntityRecords.IsKnown(type, version))
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"Entity records of kind {type.Kind}, version {version}, are newer than this program.");
        EntityRecordKind kind = (EntityRecordKind)type.Kind;
        return EntityRecords.IsOfSchema(kind) ? Of(SchemaChange.Read(kind, payload)) : ReadEntity(kind, payload, schema ?? EntitySchema.Empty);
    }

    private static EntityChange Of(SchemaChange change)
    {
        EntityChange said = new(change.Kind) { Table = change.Table };
        return change switch
        {
            TableCreated created => said with { Name = created.Name, Fields = created.Fields },
            TableRenamed renamed => said with { Name = renamed.Name },
            FieldAdded added => said with { Field = added.Field.Number, Name = added.Field.Name, Type = added.Field.Type, Fields = (FieldSchema[])[added.Field] },
            FieldRenamed renamed => said with { Field = renamed.Field, Name = renamed.Name },
            FieldDropped dropped => said with { Field = dropped.Field },
            FieldWidened widened => said with { Field = widened.Field, Type = widened.Type },
            _ => said,
        };
    }

    private static EntityChange ReadEntity(EntityRecordKind kind, ReadOnlySpan<byte> payload, EntitySchema schema)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        EntityChange change = new(kind) { Entity = EntityRecords.Begin(kind, ref reader, out int newer) };
        change = kind switch
        {
            EntityRecordKind.EntityCreated => change with { Components = ReadComponents(ref reader, schema) },
            EntityRecordKind.EntityDeleted => change,
            EntityRecordKind.ComponentRemoved => change with { Table = SchemaCodec.ReadNumber(ref reader) },
            _ => ReadComponent(change, ref reader, schema),
        };
        EntityRecords.End(ref reader, newer);
        return kind switch
        {
            EntityRecordKind.EntityDeleted when !reader.AtEnd => change with { TablesBefore = ReadTables(ref reader) },
            EntityRecordKind.ComponentSet when !reader.AtEnd => change with { WasThere = reader.ReadBoolean() },
            _ => change,
        };
    }

    private static EntityChange ReadComponent(EntityChange change, ref MessagePackReader reader, EntitySchema schema)
    {
        int table = SchemaCodec.ReadNumber(ref reader);
        return change with { Table = table, Components = (ComponentChange[])[ReadRow(table, ref reader, schema)] };
    }

    private static ComponentChange[] ReadComponents(ref MessagePackReader reader, EntitySchema schema)
    {
        List<ComponentChange> components = [];
        for (int left = reader.ReadArrayHeader(); left > 0; left--)
            components.Add(ReadRow(EntityRecords.BeginComponent(ref reader), ref reader, schema));
        return [.. components];
    }

    private static ComponentChange ReadRow(int number, ref MessagePackReader reader, EntitySchema schema)
    {
        TableSchema? table = schema.Tables.GetValueOrDefault(number);
        Dictionary<string, object?> values = new(StringComparer.OrdinalIgnoreCase);
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            int fieldNumber = reader.ReadInt32();
            int index = table?.IndexOf(fieldNumber) ?? -1;
            string name = index < 0 ? string.Create(CultureInfo.InvariantCulture, $"#{fieldNumber}") : table!.Fields[index].Name;
            values[name] = index < 0 ? ValueReader.Read(ref reader) : FieldCodec.Of(table!.Fields[index].Type).Read(ref reader);
        }

        return new ComponentChange(number, table?.Name, values);
    }

    private static int[] ReadTables(ref MessagePackReader reader)
    {
        List<int> tables = [];
        for (int left = reader.ReadArrayHeader(); left > 0; left--)
            tables.Add(SchemaCodec.ReadNumber(ref reader));
        return [.. tables];
    }
}
