using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A field has a type that holds each value of the one it had.</summary>
internal sealed record FieldWidened(int Table, int Field, FieldType Type) : SchemaChange(Table)
{
    public override EntityRecordKind Kind => EntityRecordKind.FieldWidened;

    protected override int FieldCount => 3;

    public override EntitySchema ApplyTo(EntitySchema schema)
    {
        TableSchema table = schema.Get(Table);
        int index = IndexOf(table, Field);
        FieldSchema field = table.Fields[index];
        if (!field.Type.CanWidenTo(Type))
            throw new StoreException(StoreError.SchemaIncompatible, $"The field '{field.Name}' of the table '{table.Name}' is {field.Type} and cannot become {Type}, which does not hold each of its values. Add another field, or drop this one first.");
        FieldCodec.Of(Type).TryConvert(field.KeptDefault, out object? inWider);
        return schema.Replace(Next(table, table.Fields.SetItem(index, field with { Type = Type, Default = inWider })));
    }

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Field);
        writer.WriteInteger(Type.Number);
    }
}
