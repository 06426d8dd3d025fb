namespace PersistenceModule;

/// <summary>Which table a command is about: its name, or an object of Get-EntityTable.</summary>
public sealed class EntityTableReference
{
    /// <summary>The table of a name.</summary>
    public EntityTableReference(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>A table that was read.</summary>
    public EntityTableReference(EntityTableInfo table)
    {
        ArgumentNullException.ThrowIfNull(table);
        Name = table.Name;
        Origin = table.Origin;
    }

    internal string Name { get; }

    internal StoreOrigin? Origin { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
