namespace Persistence.Entities;

/// <summary>A field of a table.</summary>
/// <param name="Number">Its number in the table, from 1 up: never used again.</param>
/// <param name="Name">Its name, which no other field of the table has, whatever its case.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">What it holds where nothing was said of it.</param>
public sealed record FieldSchema(int Number, string Name, FieldType Type, object? Default);
