using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A field of a table.</summary>
public sealed class EntityFieldInfo
{
    internal EntityFieldInfo(FieldSchema field)
    {
        Name = field.Name;
        Type = field.Type;
        Default = ComponentObjects.ToValue(field.Default is Array array ? array.Clone() : field.Default);
        Number = field.Number;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it holds.</summary>
    public FieldType Type { get; }

    /// <summary>What it holds where nothing was said of it.</summary>
    public object? Default { get; }

    /// <summary>Its number in the table: never used again.</summary>
    public int Number { get; }

    /// <summary>The name and the type.</summary>
    public override string ToString() => $"{Name} {Type}";
}
