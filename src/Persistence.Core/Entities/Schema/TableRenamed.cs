using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A table has another name.</summary>
internal sealed record TableRenamed(int Table, string Name) : SchemaChange(Table)
{
    public override EntityRecordKind Kind => EntityRecordKind.TableRenamed;

    protected override int FieldCount => 2;

    public override EntitySchema ApplyTo(EntitySchema schema)
    {
        TableSchema table = schema.Get(Table);
        return schema.Replace(Next(table, table.Fields) with { Name = Name });
    }

    protected override void WriteFields(MessagePackWriter writer) => writer.WriteString(Name);
}
