using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A table has a field less.</summary>
internal sealed record FieldDropped(int Table, int Field) : SchemaChange(Table)
{
    public override EntityRecordKind Kind => EntityRecordKind.FieldDropped;

    protected override int FieldCount => 2;

    public override EntitySchema ApplyTo(EntitySchema schema)
    {
        TableSchema table = schema.Get(Table);
        return schema.Replace(Next(table, table.Fields.RemoveAt(IndexOf(table, Field))));
    }

    protected override void WriteFields(MessagePackWriter writer) => writer.WriteInteger(Field);
}
