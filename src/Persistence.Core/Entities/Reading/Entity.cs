using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>An entity as it was when it was read.</summary>
public sealed class Entity
{
    internal Entity(EntityId id, IReadOnlyList<string> tables, IReadOnlyList<Component> components)
    {
        Id = id;
        Tables = tables;
        Components = components;
    }

    /// <summary>Its id.</summary>
    public EntityId Id { get; }

    /// <summary>The names of the tables that it has a component of, in the order of their numbers.</summary>
    public IReadOnlyList<string> Tables { get; }

    /// <summary>Its components, or those that were asked for, in the same order.</summary>
    public IReadOnlyList<Component> Components { get; }

    /// <summary>Its component of a table; null when it has none, or was read without.</summary>
    /// <param name="table">The table's name, whatever its case.</param>
    public Component? Find(string table) => Components.FirstOrDefault(component => string.Equals(component.Table.Name, table, StringComparison.OrdinalIgnoreCase));

    /// <summary>Its component of a table.</summary>
    /// <exception cref="StoreException">ComponentNotFound: it has none, or was read without.</exception>
    public Component this[string table] => Find(table) ?? throw EntityErrors.ComponentNotFound(Id, table);

    /// <summary>Its id.</summary>
    public override string ToString() => Id.ToString();
}
