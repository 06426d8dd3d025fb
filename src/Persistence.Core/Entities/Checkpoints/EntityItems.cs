using System.Buffers.Binary;
using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Checkpoint items of entities as they are written; FORMAT.md.</summary>
internal static class EntityItems
{
    /// <summary>So many entities are in one item at most.</summary>
    public const int EntitiesMax = 1024;

    /// <summary>How many fields an item has at least; components have columns beside them.</summary>
    /// <exception cref="MalformedDataException">There is no such item.</exception>
    public static int FieldsOf(EntityItemKind kind) => kind switch
    {
        EntityItemKind.Head => 2,
        EntityItemKind.Table => 6,
        EntityItemKind.Archetype => 3,
        EntityItemKind.Entities => 4,
        EntityItemKind.ComponentsRemoved => 3,
        EntityItemKind.Components => 4,
        _ => throw new MalformedDataException($"There is no item of entities of kind {(int)kind}.", 0),
    };

    public static void WriteHead(MessagePackWriter writer, EntitySchema schema)
    {
        Begin(writer, EntityItemKind.Head);
        writer.WriteInteger(schema.NextTable);
    }

    public static void WriteTable(MessagePackWriter writer, TableSchema table)
    {
        Begin(writer, EntityItemKind.Table);
        writer.WriteInteger(table.Number);
        writer.WriteString(table.Name);
        writer.WriteInteger(table.Version);
        writer.WriteInteger(table.NextField);
        SchemaCodec.WriteFields(writer, table.Fields);
    }

    public static void WriteArchetype(MessagePackWriter writer, int archetype, IReadOnlyCollection<int> tables)
    {
        Begin(writer, EntityItemKind.Archetype);
        writer.WriteInteger(archetype);
        writer.WriteArrayHeader(tables.Count);
        foreach (int table in tables)
            writer.WriteInteger(table);
    }

    public static void WriteEntities(MessagePackWriter writer, ReadOnlySpan<int> slots, ReadOnlySpan<int> generations, ReadOnlySpan<int> archetypes)
    {
        Begin(writer, EntityItemKind.Entities);
        WriteIntegers(writer, slots);
        WriteIntegers(writer, generations);
        WriteIntegers(writer, archetypes);
    }

    public static void WriteRemoved(MessagePackWriter writer, int table, ReadOnlySpan<int> slots)
    {
        Begin(writer, EntityItemKind.ComponentsRemoved);
        writer.WriteInteger(table);
        WriteIntegers(writer, slots);
    }

    /// <summary>Writes components, or some columns of them.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="table">The table's number.</param>
    /// <param name="slots">Whose they are.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="rows">Where in them.</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">How many columns.</param>
    public static void WriteComponents(MessagePackWriter writer, int table, ReadOnlySpan<int> slots, ImmutableArray<Column> columns, ReadOnlySpan<int> rows, int first, int count)
    {
        Begin(writer, EntityItemKind.Components, count);
        writer.WriteInteger(table);
        WriteIntegers(writer, slots);
        writer.WriteInteger(first);
        for (int i = first; i < first + count; i++)
            columns[i].WriteColumn(rows, writer);
    }

    /// <summary>Reads integers that there may be so many of in an item.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="least">The smallest that may be.</param>
    public static int[] ReadIntegers(ref MessagePackReader reader, int least)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBinary();
        if (bytes.Length % sizeof(int) != 0 || bytes.Length / sizeof(int) > EntitiesMax)
            throw new MalformedDataException("An item of entities has a list of a length that cannot be.", reader.Position);
        int[] values = new int[bytes.Length / sizeof(int)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
            if (values[i] < least)
                throw new MalformedDataException("An item of entities has a number that cannot be.", reader.Position);
        }

        return values;
    }

    private static void Begin(MessagePackWriter writer, EntityItemKind kind, int columns = 0)
    {
        writer.WriteArrayHeader(FieldsOf(kind) + columns);
        writer.WriteInteger((byte)kind);
    }

    private static void WriteIntegers(MessagePackWriter writer, ReadOnlySpan<int> values)
    {
        writer.WriteBinaryHeader(values.Length * sizeof(int));
        Span<byte> bytes = writer.Buffer.Append(values.Length * sizeof(int));
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], values[i]);
    }
}
