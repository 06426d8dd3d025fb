namespace Persistence.Entities;

/// <summary>Gathers changes of entities: a batch, or a transaction.</summary>
/// <remarks>
/// Every method throws <see cref="Diagnostics.StoreException"/>: TableNotFound, FieldNotFound, ComponentTypeMismatch, ValueNotSupported (a text that is none), RecordTooLarge, EntityNotFound for an id that is none; and <see cref="ArgumentException"/> for a
/// component with two values for one field. What depends on the entities there are when it is committed (EntityNotFound, StaleEntity, ComponentExists,
/// ComponentNotFound, ReferenceDangling) a transaction throws as soon as it can be known, a batch when it is committed.
/// </remarks>
public interface IEntityWriter
{
    /// <summary>Creates an entity.</summary>
    /// <param name="components">Its components, at most one of a table.</param>
    /// <returns>Its id, which counts once the change is committed.</returns>
    EntityId Create(params ComponentData[] components);

    /// <summary>Deletes an entity with its components. References to it are stale from then on.</summary>
    void Delete(EntityId entity);

    /// <summary>Adds a component to an entity that has none of its table.</summary>
    void Add(EntityId entity, ComponentData component);

    /// <summary>Sets a component of an entity, whether it has one of its table or not. Fields that are left out have their default.</summary>
    void Set(EntityId entity, ComponentData component);

    /// <summary>Changes fields of a component that the entity has. Fields that are left out stay as they are.</summary>
    void Change(EntityId entity, ComponentData component);

    /// <summary>Removes a component that the entity has.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="table">The name of its table.</param>
    void Remove(EntityId entity, string table);
}
