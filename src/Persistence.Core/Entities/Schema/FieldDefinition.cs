namespace Persistence.Entities;

/// <summary>A field that a table is to have.</summary>
/// <param name="Name">1 to 256 characters, not all of them spaces, none a control character; no other field of the table has it, whatever its case.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">What components have that say nothing of it, those that are there already among them; null: zero, false, or nothing, by the type.</param>
public sealed record FieldDefinition(string Name, FieldType Type, object? Default = null)
{
    /// <summary>Makes it a field of a table.</summary>
    /// <exception cref="ArgumentException">Its name cannot be one.</exception>
    /// <exception cref="Diagnostics.StoreException">ComponentTypeMismatch: its default is none of its type.</exception>
    internal FieldSchema ToField(string table, int number)
    {
        SchemaText.RequireName(Name, "field");
        FieldType.Require(Type);
        FieldSchema field = new(number, Name, Type, FieldCodec.Of(Type).Zero);
        return Default is null ? field : field with { Default = FieldCodec.Of(Type).Copy(ComponentValues.Convert(table, field, Default)) };
    }
}
