namespace Persistence.Entities;

/// <summary>Says more of a member of a type of components.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class ComponentFieldAttribute : Attribute
{
    /// <summary>The field's name; null: that of the member.</summary>
    public string? Name { get; init; }

    /// <summary>A name that the field had: one that still has it is renamed.</summary>
    public string? FormerName { get; init; }

    /// <summary>What components have that say nothing of the field, those that are there when it is added among them; null: zero, false, or nothing, by its type. A value that is no constant is given as text.</summary>
    public object? Default { get; init; }

    /// <summary>Whether the member is no field.</summary>
    public bool Ignore { get; init; }
}
