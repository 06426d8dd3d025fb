namespace Persistence.Entities;

/// <summary>A table was dropped, with all its components.</summary>
internal sealed record TableDropped(int Table) : SchemaChange(Table)
{
    public override EntityRecordKind Kind => EntityRecordKind.TableDropped;

    protected override int FieldCount => 1;

    public override EntitySchema ApplyTo(EntitySchema schema) => schema.Remove(Table);
}
