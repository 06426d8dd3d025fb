using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;

namespace PersistenceModule;

/// <summary>The entities of a store. Each change is a commit of its own.</summary>
internal sealed class StoreEntities(WalStore store) : IEntities
{
    public EntitySchema Schema => store.Entities.Schema;

    public T Read<T>(Func<EntityReader, T> read)
    {
        using Snapshot snapshot = store.Engine.OpenSnapshot();
        return read(store.Entities.At(snapshot));
    }

    public IEnumerable<Entity> Query(Func<EntityReader, EntityQuery> query) => query(store.Entities);

    public EntityId Change(EntityEdit edit)
    {
        while (true)
        {
            EntityBatch batch = store.Entities.CreateBatch();
            EntityEditor editor = new(batch, store.Entities);
            try
            {
                EntityId entity = edit(editor);
                store.Entities.Commit(batch);
                return entity;
            }
            catch (StoreException e) when (editor.HasDecided && e.Error is StoreError.ComponentExists or StoreError.ComponentNotFound)
            {
                // Somebody else was first: what is being committed can be seen in a moment.
                batch.Clear();
                store.AwaitCommits();
            }
            catch
            {
                batch.Clear();
                throw;
            }
        }
    }
}
