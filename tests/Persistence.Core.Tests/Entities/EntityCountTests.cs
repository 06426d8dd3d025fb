using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities;

public sealed class EntityCountTests
{
    [Fact]
    public void Entities_of_a_table_are_counted_as_of_now_and_as_of_snapshots()
    {
        SimulatedFileSystem files = new();
        Random random = new(5);
        string[] tables = ["A", "B"];
        using (EntityStore store = EntityStore.Create(files, EntityStore.Increments))
        {
            Array.ForEach(tables, table => store.Entities.CreateTable(table));
            List<(Snapshot Snapshot, EntitySnapshot Entities)> snapshots = [];
            for (int step = 0; step < 400; step++)
            {
                ChangeSomething(store, random);
                if (random.Next(8) == 0)
                {
                    Snapshot snapshot = store.Store.OpenSnapshot();
                    snapshots.Add((snapshot, store.Entities.At(snapshot)));
                }

                if (snapshots.Count > 5)
                {
                    int index = random.Next(snapshots.Count);
                    snapshots[index].Snapshot.Dispose();
                    snapshots.RemoveAt(index);
                }

                if (step % 100 == 50)
                    store.Store.TakeCheckpoint();
                RequireCounted(store.Entities, tables);
                snapshots.ForEach(snapshot => RequireCounted(snapshot.Entities, tables));
            }

            snapshots.ForEach(static snapshot => snapshot.Snapshot.Dispose());
        }

        using EntityStore again = EntityStore.Open(files, EntityStore.Increments);
        RequireCounted(again.Entities, tables);
    }

    [Fact]
    public void A_transaction_counts_what_it_has_changed()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("A");
        EntityId first = store.Add(ComponentData.Of("A"));
        EntityId second = store.Add(ComponentData.Of("A"));
        EntityId third = store.Add();
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction entities = store.Entities.In(transaction);
        entities.Create(ComponentData.Of("a"));
        entities.Delete(entities.Create(ComponentData.Of("A")));
        entities.Remove(first, "A");
        entities.Delete(second);
        entities.Add(third, ComponentData.Of("A"));
        entities.Set(third, ComponentData.Of("A"));
        Assert.Equal(2, entities.CountOf("a"));
        Assert.Equal(2, store.Entities.CountOf("A"));
        Assert.Equal(2, entities.Query("A").Count());
        transaction.Commit();
        Assert.Equal(2, store.Entities.CountOf("A"));
        Assert.Equal(3, store.Entities.Count);
    }

    [Fact]
    public void What_a_transaction_has_counted_must_not_have_been_changed()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("A");
        store.Entities.CreateTable("B");
        foreach (string table in (string[])["A", "B"])
        {
            using Transaction transaction = store.Store.BeginTransaction();
            EntityTransaction entities = store.Entities.In(transaction);
            Assert.Equal(0, entities.CountOf("B"));
            entities.Create();
            store.Add(ComponentData.Of(table));
            if (table == "A")
                transaction.Commit();
            else
                Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        }
    }

    [Fact]
    public void A_table_that_is_not_there_cannot_be_counted()
    {
        using EntityStore store = EntityStore.Create();
        using Snapshot before = store.Store.OpenSnapshot();
        store.Entities.CreateTable("A");
        Assert.Equal(0, store.Entities.CountOf("A"));
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => store.Entities.At(before).CountOf("A")).Error);
        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => store.Entities.CountOf("B")).Error);
    }

    private static void ChangeSomething(EntityStore store, Random random) => store.Change(batch =>
    {
        for (int left = random.Next(1, 4); left > 0; left--)
            batch.Create(random.Next(2) == 0 ? [ComponentData.Of("A")] : [ComponentData.Of("A"), ComponentData.Of("B")]);
        foreach (Entity entity in store.Entities.Query().Where(_ => random.Next(4) == 0))
        {
            if (random.Next(2) == 0)
                batch.Delete(entity.Id);
            else if (entity.Tables.Contains("B"))
                batch.Remove(entity.Id, "B");
            else
                batch.Set(entity.Id, ComponentData.Of("B"));
        }
    });

    private static void RequireCounted(EntityReader entities, string[] tables)
    {
        foreach (string table in tables)
            Assert.Equal(entities.Query(table).Count(), entities.CountOf(table));
        Assert.Equal(entities.Query().Count(), entities.Count);
    }
}
