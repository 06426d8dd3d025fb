using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A component as it was when it was read.</summary>
public sealed class EntityComponentInfo
{
    internal EntityComponentInfo(EntityId entity, Component component, StoreOrigin origin)
    {
        Entity = entity;
        Table = component.Table.Name;
        Value = ComponentObjects.Of(component);
        Origin = origin;
    }

    /// <summary>The id of its entity.</summary>
    public EntityId Entity { get; }

    /// <summary>The name of its table.</summary>
    public string Table { get; }

    /// <summary>An object with its fields as properties.</summary>
    public PSObject Value { get; }

    /// <summary>The full path of the store.</summary>
    public string StorePath => Origin.StorePath;

    internal StoreOrigin Origin { get; }

    /// <summary>The entity and the table.</summary>
    public override string ToString() => $"{Entity} {Table}";
}
