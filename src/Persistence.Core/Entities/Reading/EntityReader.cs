using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>Entities as they are, as they were at a snapshot, or as a transaction sees them.</summary>
public abstract class EntityReader
{
    private protected EntityReader()
    {
    }

    /// <summary>The tables there are.</summary>
    public abstract EntitySchema Schema { get; }

    /// <summary>How many entities there are.</summary>
    public abstract int Count { get; }

    /// <summary>How many entities have a component of a table. Cheap: they are not gone through.</summary>
    /// <param name="table">The table's name, whatever its case.</param>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public abstract int CountOf(string table);

    /// <summary>Whether there is an entity.</summary>
    public abstract bool Exists(EntityId entity);

    /// <summary>Looks an entity up.</summary>
    /// <param name="entity">Its id.</param>
    /// <param name="tables">The names of the tables whose components are read; none: of all of them.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public Entity? Find(EntityId entity, params string[] tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return FindSelected(entity, tables.Length == 0 ? EntitySelection.All : new EntitySelection { Read = [.. tables.Select(table => Schema.Get(table).Number)] });
    }

    /// <summary>Looks an entity up that is to be there.</summary>
    /// <param name="entity">Its id.</param>
    /// <param name="tables">The names of the tables whose components are read; none: of all of them.</param>
    /// <exception cref="StoreException">EntityNotFound; StaleEntity: it was deleted; TableNotFound.</exception>
    public Entity Get(EntityId entity, params string[] tables) => Find(entity, tables) ?? throw NotThere(entity);

    /// <summary>Looks a component up.</summary>
    /// <returns>Null when the entity has none of that table, or there is no such entity.</returns>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public abstract Component? FindComponent(EntityId entity, string table);

    /// <summary>Looks a component up that is to be there.</summary>
    /// <exception cref="StoreException">EntityNotFound; StaleEntity: it was deleted; TableNotFound; ComponentNotFound.</exception>
    public Component GetComponent(EntityId entity, string table) =>
        FindComponent(entity, table) ?? throw (Exists(entity) ? EntityErrors.ComponentNotFound(entity, Schema.Get(table).Name) : NotThere(entity));

    /// <summary>The entities that have a component of each of some tables, in no order.</summary>
    /// <param name="tables">The names of the tables; none: all entities.</param>
    /// <returns>What can be narrowed down further, and is read when it is gone through.</returns>
    public EntityQuery Query(params string[] tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return new EntityQuery(this).With(tables);
    }

    /// <summary>The entity of an id, with what is wanted of it.</summary>
    internal abstract Entity? FindSelected(EntityId entity, EntitySelection selection);

    /// <summary>The entities that are wanted, as of one moment.</summary>
    /// <param name="select">Makes the selection, by the schema of the moment.</param>
    internal abstract IEnumerable<Entity> Select(Func<EntitySchema, EntitySelection> select);

    /// <summary>Why an entity is not there.</summary>
    private protected abstract StoreException NotThere(EntityId entity);
}
