using Persistence.Diagnostics;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Makes changes of entities, in a batch or a transaction.</summary>
/// <param name="writer">What takes them.</param>
/// <param name="reader">What there is before.</param>
internal sealed class EntityEditor(IEntityWriter writer, EntityReader reader)
{
    /// <summary>Whether something was decided by what there is: by the time of the commit that may not be so any more.</summary>
    public bool HasDecided { get; private set; }

    public EntityId Create(ComponentData[] components) => writer.Create(components);

    public EntityId Delete(EntityId entity)
    {
        writer.Delete(entity);
        return entity;
    }

    /// <summary>Sets a component whole.</summary>
    public EntityId Set(EntityId entity, ComponentData component)
    {
        writer.Set(entity, component);
        return entity;
    }

    /// <summary>Changes the fields of a component that are given; adds it where it is not there.</summary>
    public EntityId Merge(EntityId entity, ComponentData component)
    {
        if (writer is EntityTransaction)
            ChangeOrAdd(entity, component);
        else
            MergeByLooking(entity, component);
        return entity;
    }

    public EntityId Remove(EntityId entity, string table)
    {
        writer.Remove(entity, table);
        return entity;
    }

    /// <summary>What was decided must be so when the transaction is committed: that the entity has the component, and not what is in it.</summary>
    private void ChangeOrAdd(EntityId entity, ComponentData component)
    {
        reader.Exists(entity);
        try
        {
            writer.Change(entity, component);
        }
        catch (StoreException e) when (e.Error == StoreError.ComponentNotFound)
        {
            writer.Add(entity, component);
        }
    }

    private void MergeByLooking(EntityId entity, ComponentData component)
    {
        HasDecided = true;
        if (reader.FindComponent(entity, component.Table) is null)
            writer.Add(entity, component);
        else
            writer.Change(entity, component);
    }
}
