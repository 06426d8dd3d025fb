using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A table of components as it was when it was read.</summary>
public sealed class EntityTableInfo
{
    internal EntityTableInfo(TableSchema table, int count, StoreOrigin origin)
    {
        Name = table.Name;
        Number = table.Number;
        Version = table.Version;
        // An array: what a collection expression makes of a list cannot be indexed in PowerShell.
        Fields = table.Fields.Select(static field => new EntityFieldInfo(field)).ToArray();
        Count = count;
        Origin = origin;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its number in the store: never used again.</summary>
    public int Number { get; }

    /// <summary>How often its schema was changed, and 1.</summary>
    public int Version { get; }

    /// <summary>Its fields.</summary>
    public IReadOnlyList<EntityFieldInfo> Fields { get; }

    /// <summary>How many entities have a component of it.</summary>
    public int Count { get; }

    /// <summary>The full path of the store.</summary>
    public string StorePath => Origin.StorePath;

    internal StoreOrigin Origin { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
