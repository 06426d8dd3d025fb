using System.Collections;
using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>
/// An entity as it was when it was read. As commands return it, it has a property for each component that was read, called like its table. A table whose name means something else here has none:
/// <see cref="Components"/> has all of them.
/// </summary>
public sealed class EntityInfo
{
    // What the object has itself, and what commands that take objects from the pipeline read of them.
    private static readonly HashSet<string> s_taken = new(
        (string[])[.. typeof(EntityInfo).GetMembers().Select(static member => member.Name), nameof(EntityComponentInfo.Entity), nameof(EntityComponentInfo.Table), nameof(EntityComponentInfo.Value)], StringComparer.OrdinalIgnoreCase);

    private EntityInfo(Entity entity, StoreOrigin origin)
    {
        Id = entity.Id;
        // An array: other lists can perhaps not be indexed in PowerShell.
        Tables = entity.Tables.ToArray();
        Components = ComponentObjects.Of(entity.Components);
        Origin = origin;
    }

    /// <summary>Its id: slot and generation, as <c>17.2</c>.</summary>
    public EntityId Id { get; }

    /// <summary>The names of the tables that it has a component of.</summary>
    public IReadOnlyList<string> Tables { get; }

    /// <summary>The components that were read, by the names of their tables: each an object with the fields as properties.</summary>
    public IDictionary Components { get; }

    /// <summary>The full path of the store.</summary>
    public string StorePath => Origin.StorePath;

    internal StoreOrigin Origin { get; }

    /// <summary>The id.</summary>
    public override string ToString() => Id.ToString();

    /// <summary>An entity, to be returned.</summary>
    internal static PSObject Create(Entity entity, StoreOrigin origin)
    {
        EntityInfo info = new(entity, origin);
        PSObject output = new(info);
        foreach (DictionaryEntry component in info.Components)
        {
            string table = (string)component.Key;
            if (!s_taken.Contains(table))
                output.Properties.Add(new PSNoteProperty(table, component.Value), preValidated: true);
        }

        return output;
    }
}
