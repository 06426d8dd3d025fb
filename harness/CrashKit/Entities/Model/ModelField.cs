using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>A field of a table, as it has to be.</summary>
/// <param name="Number">From 1 up; never used again.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">What components have that say nothing of it, in words.</param>
internal sealed record ModelField(int Number, string Name, FieldType Type, string Default)
{
    /// <summary>What a definition makes.</summary>
    public static ModelField Create(int number, FieldDefinition definition) => new(number, definition.Name, definition.Type, definition.Default is null ? ZeroOf(definition.Type) : EntityTexts.Of(definition.Default));

    /// <summary>What a field has of which nothing was said. Types of which that is no word of one's own have a default here.</summary>
    private static string ZeroOf(FieldType type) => type switch
    {
        { IsArray: true } or { Kind: FieldKind.String or FieldKind.Bytes or FieldKind.Reference } => EntityTexts.None,
        { Kind: FieldKind.Bool } => "false",
        { Kind: FieldKind.Guid or FieldKind.Time or FieldKind.Duration } => throw new ArgumentException($"A field of type {type} needs a default."),
        _ => "0",
    };
}
