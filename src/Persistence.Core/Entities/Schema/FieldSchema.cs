namespace Persistence.Entities;

/// <summary>A field of a table.</summary>
/// <param name="Number">Its number in the table, from 1 up: never used again.</param>
/// <param name="Name">Its name, which no other field of the table has, whatever its case.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">What it holds where nothing was said of it.</param>
public sealed record FieldSchema(int Number, string Name, FieldType Type, object? Default)
{
    /// <summary>What it holds where nothing was said of it; an array is the caller's own.</summary>
    public object? Default
    {
        get => KeptDefault is Array array ? array.Clone() : KeptDefault;
        init => KeptDefault = value;
    }

    /// <summary>The default as it is kept: components are made of it. Not to be changed.</summary>
    internal object? KeptDefault { get; private init; } = Default;
}
