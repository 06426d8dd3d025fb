using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>One change of the schema: what its record says, and what it does.</summary>
internal abstract record SchemaChange(int Table)
{
    /// <summary>So many fields a table has at most.</summary>
    public const int FieldsMax = 1024;

    /// <summary>So many bytes the defaults of a table take at most, as <see cref="FieldCodec.SizeOf"/> counts them: all of it is in one item of a checkpoint.</summary>
    public const int DefaultsBytesMax = 16 << 20;

    /// <summary>Its record's kind.</summary>
    public abstract EntityRecordKind Kind { get; }

    /// <summary>How many fields its payload has.</summary>
    protected abstract int FieldCount { get; }

    /// <summary>The schema after it.</summary>
    /// <exception cref="StoreException">TableNotFound, TableExists, FieldNotFound, FieldExists, SchemaIncompatible.</exception>
    public abstract EntitySchema ApplyTo(EntitySchema schema);

    /// <summary>Writes the payload.</summary>
    public void Write(MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteInteger(Table);
        WriteFields(writer);
    }

    /// <summary>Reads a payload.</summary>
    /// <exception cref="MalformedDataException">It is none.</exception>
    public static SchemaChange Read(EntityRecordKind kind, ReadOnlySpan<byte> payload)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        int fields = reader.ReadArrayHeader();
        int table = SchemaCodec.ReadNumber(ref reader);
        SchemaChange change = kind switch
        {
            EntityRecordKind.TableCreated => new TableCreated(table, SchemaCodec.ReadName(ref reader, "table"), SchemaCodec.ReadFields(ref reader)),
            EntityRecordKind.TableRenamed => new TableRenamed(table, SchemaCodec.ReadName(ref reader, "table")),
            EntityRecordKind.TableDropped => new TableDropped(table),
            EntityRecordKind.FieldAdded => new FieldAdded(table, SchemaCodec.ReadField(ref reader)),
            EntityRecordKind.FieldRenamed => new FieldRenamed(table, SchemaCodec.ReadNumber(ref reader), SchemaCodec.ReadName(ref reader, "field")),
            EntityRecordKind.FieldDropped => new FieldDropped(table, SchemaCodec.ReadNumber(ref reader)),
            EntityRecordKind.FieldWidened => new FieldWidened(table, SchemaCodec.ReadNumber(ref reader), SchemaCodec.ReadType(ref reader)),
            _ => throw new MalformedDataException("There is no such change of a schema.", reader.Position),
        };
        SchemaCodec.SkipNewer(ref reader, fields, change.FieldCount);
        reader.ExpectEnd();
        return change;
    }

    /// <summary>Writes the fields behind the table.</summary>
    protected virtual void WriteFields(MessagePackWriter writer)
    {
    }

    /// <summary>The table with other fields, as its next version.</summary>
    private protected static TableSchema Next(TableSchema table, ImmutableArray<FieldSchema> fields) => table with { Fields = fields, Version = table.Version + 1 };

    /// <exception cref="StoreException">FieldNotFound.</exception>
    private protected static int IndexOf(TableSchema table, int field)
    {
        int index = table.IndexOf(field);
        return index >= 0 ? index : throw new StoreException(StoreError.FieldNotFound, $"The table '{table.Name}' has no field of number {field} (any more).");
    }

    /// <exception cref="StoreException">FieldExists.</exception>
    private protected static void RequireFree(TableSchema table, string name, int own)
    {
        if (table.FindField(name) is FieldSchema other && other.Number != own)
            throw new StoreException(StoreError.FieldExists, $"The table '{table.Name}' has a field '{other.Name}' already.");
    }
}
