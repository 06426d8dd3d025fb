using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A table has one more field. Components that are there have its default.</summary>
internal sealed record FieldAdded(int Table, FieldSchema Field) : SchemaChange(Table)
{
    public override EntityRecordKind Kind => EntityRecordKind.FieldAdded;

    protected override int FieldCount => 2;

    public override EntitySchema ApplyTo(EntitySchema schema)
    {
        TableSchema table = schema.Get(Table);
        return schema.Replace(Next(table, AddTo(table, Field).Fields) with { NextField = Field.Number + 1 });
    }

    /// <exception cref="StoreException">FieldExists, SchemaIncompatible.</exception>
    public static TableSchema AddTo(TableSchema table, FieldSchema field)
    {
        RequireFree(table, field.Name, own: 0);
        if (field.Number < table.NextField)
            throw new StoreException(StoreError.FieldExists, $"The table '{table.Name}' has, or had, a field of number {field.Number}.");
        if (table.Fields.Length == FieldsMax)
            throw new StoreException(StoreError.SchemaIncompatible, $"The table '{table.Name}' has {FieldsMax} fields, and cannot have '{field.Name}' too.");
        if (field.Type.Kind == FieldKind.Reference && !FieldCodec.Of(field.Type).AreEqual(field.KeptDefault, FieldCodec.Of(field.Type).Zero, StringComparison.Ordinal))
            throw new StoreException(StoreError.SchemaIncompatible, $"The field '{field.Name}' of the table '{table.Name}' refers to entities, and can have no default: entities come and go.");
        if (SizeOf(field) > 0 && table.Fields.Sum(SizeOf) + SizeOf(field) > DefaultsBytesMax)
            throw new StoreException(StoreError.SchemaIncompatible, $"With that of the field '{field.Name}' the defaults of the table '{table.Name}' take more than {DefaultsBytesMax >> 20} MiB.");
        return table with { Fields = table.Fields.Add(field), NextField = field.Number + 1 };
    }

    private static long SizeOf(FieldSchema field) => FieldCodec.Of(field.Type).SizeOf(field.KeptDefault);

    protected override void WriteFields(MessagePackWriter writer) => SchemaCodec.Write(writer, Field);
}
