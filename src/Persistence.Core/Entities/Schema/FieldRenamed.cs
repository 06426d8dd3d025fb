using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A field has another name.</summary>
internal sealed record FieldRenamed(int Table, int Field, string Name) : SchemaChange(Table)
{
    public override EntityRecordKind Kind => EntityRecordKind.FieldRenamed;

    protected override int FieldCount => 3;

    public override EntitySchema ApplyTo(EntitySchema schema)
    {
        TableSchema table = schema.Get(Table);
        int index = IndexOf(table, Field);
        RequireFree(table, Name, Field);
        return schema.Replace(Next(table, table.Fields.SetItem(index, table.Fields[index] with { Name = Name })));
    }

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Field);
        writer.WriteString(Name);
    }
}
