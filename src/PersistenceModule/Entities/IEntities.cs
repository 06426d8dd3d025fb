using Persistence.Diagnostics;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Entities as a command reads and changes them: a store's, or what a transaction sees of them and does to them.</summary>
internal interface IEntities
{
    /// <summary>The tables there are.</summary>
    EntitySchema Schema { get; }

    /// <summary>Reads something; all of it as of one moment.</summary>
    T Read<T>(Func<EntityReader, T> read);

    /// <summary>Goes through entities as of one moment, a few at a time.</summary>
    IEnumerable<Entity> Query(Func<EntityReader, EntityQuery> query);

    /// <summary>Makes a change: the whole of it, or nothing.</summary>
    /// <returns>The entity it was of.</returns>
    /// <exception cref="StoreException">Why it cannot be made.</exception>
    EntityId Change(EntityEdit edit);
}
