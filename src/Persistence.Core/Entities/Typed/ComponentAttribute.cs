namespace Persistence.Entities;

/// <summary>Says which table components of a type are in.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class ComponentAttribute : Attribute
{
    /// <summary>Names the table.</summary>
    /// <param name="table">Its name; without the attribute it is that of the type.</param>
    public ComponentAttribute(string table) => Table = table;

    /// <summary>The table's name.</summary>
    public string Table { get; }

    /// <summary>A name that the table had: one that still has it is renamed.</summary>
    public string? FormerName { get; init; }
}
