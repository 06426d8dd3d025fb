namespace Persistence.Entities;

/// <summary>The changes of a schema that lead to what somebody wants of it.</summary>
internal static class SchemaChanges
{
    public static SchemaChange CreateTable(EntitySchema schema, string name, IReadOnlyList<FieldDefinition> fields)
    {
        SchemaText.RequireName(name, "table");
        return new TableCreated(schema.NextTable, name, [.. fields.Select((field, index) => Require(field).ToField(name, index + 1))]);
    }

    public static SchemaChange RenameTable(EntitySchema schema, string table, string name) => new TableRenamed(schema.Get(table).Number, SchemaText.RequireName(name, "table"));

    public static SchemaChange DropTable(EntitySchema schema, string table) => new TableDropped(schema.Get(table).Number);

    public static SchemaChange AddField(EntitySchema schema, string table, FieldDefinition field)
    {
        TableSchema known = schema.Get(table);
        return new FieldAdded(known.Number, Require(field).ToField(known.Name, known.NextField));
    }

    public static SchemaChange RenameField(EntitySchema schema, string table, string field, string name)
    {
        TableSchema known = schema.Get(table);
        return new FieldRenamed(known.Number, known.GetField(field).Number, SchemaText.RequireName(name, "field"));
    }

    public static SchemaChange DropField(EntitySchema schema, string table, string field)
    {
        TableSchema known = schema.Get(table);
        return new FieldDropped(known.Number, known.GetField(field).Number);
    }

    public static SchemaChange WidenField(EntitySchema schema, string table, string field, FieldType type)
    {
        TableSchema known = schema.Get(table);
        FieldType.Require(type);
        return new FieldWidened(known.Number, known.GetField(field).Number, type);
    }

    private static FieldDefinition Require(FieldDefinition field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field;
    }
}
