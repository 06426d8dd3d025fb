using Persistence.Entities;

namespace PersistenceModule;

/// <summary>The entities as a transaction sees them. What it changes counts when it is committed.</summary>
internal sealed class TransactionEntities(WalTransaction transaction) : IEntities
{
    public EntitySchema Schema => transaction.WithEntities(static entities => entities.Schema);

    public T Read<T>(Func<EntityReader, T> read) => transaction.WithEntities(read);

    public IEnumerable<Entity> Query(Func<EntityReader, EntityQuery> query)
    {
        using IEnumerator<Entity> found = transaction.WithEntities(entities => query(entities).GetEnumerator());
        while (transaction.WithEntities(_ => found.MoveNext()))
            yield return found.Current;
    }

    public EntityId Change(EntityEdit edit) => transaction.WithEntities(entities => edit(new EntityEditor(entities, entities)));
}
