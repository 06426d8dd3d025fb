using System.Collections.Immutable;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A table was created.</summary>
internal sealed record TableCreated(int Table, string Name, ImmutableArray<FieldSchema> Fields) : SchemaChange(Table)
{
    public override EntityRecordKind Kind => EntityRecordKind.TableCreated;

    protected override int FieldCount => 3;

    public override EntitySchema ApplyTo(EntitySchema schema)
    {
        TableSchema table = new() { Number = Table, Name = Name };
        foreach (FieldSchema field in Fields)
            table = FieldAdded.AddTo(table, field);
        return schema.Add(table);
    }

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteString(Name);
        SchemaCodec.WriteFields(writer, Fields);
    }
}
