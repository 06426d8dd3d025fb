using Persistence.Engine;
using Persistence.Entities;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>States that are registered with another store when theirs was closed: a snapshot of the first one shows nothing of the second.</summary>
public sealed class MovedStateTests
{
    [Fact]
    public void A_snapshot_that_was_left_open_shows_nothing_of_another_store()
    {
        KeyValueState items = new();
        EntityState entities = new();
        using PersistenceStore first = Open(items, entities);
        Fill(items, entities, "first");
        using Snapshot snapshot = first.OpenSnapshot();
        KeyValueSnapshot itemsThen = items.At(snapshot);
        EntitySnapshot entitiesThen = entities.At(snapshot);
        using IEnumerator<Entity> half = entitiesThen.Query().GetEnumerator();
        Assert.True(half.MoveNext());
        first.Close();
        Assert.Equal("first", Assert.Single(itemsThen.FindByPrefix()).Key);
        Assert.Equal(2000, entitiesThen.Query("first").Count());

        using PersistenceStore second = Open(items, entities);
        Fill(items, entities, "second");
        Assert.Throws<ArgumentException>(() => itemsThen.FindByPrefix());
        Assert.Throws<ArgumentException>(() => itemsThen.Find("first"));
        Assert.Throws<ArgumentException>(() => itemsThen.Count);
        Assert.Throws<ArgumentException>(() => entitiesThen.Count);
        Assert.Throws<ArgumentException>(() => entitiesThen.Schema);
        Assert.Throws<ArgumentException>(() => entitiesThen.Query().ToList());
        Assert.Throws<ArgumentException>(() =>
        {
            while (half.MoveNext())
            {
                // To the end of what was read before.
            }
        });
    }

    private static PersistenceStore Open(params IStateModel[] states)
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        PersistenceStore.Create(host, TestStore.SmallOptions);
        return PersistenceStore.Open(host, TestStore.SmallOptions, states);
    }

    private static void Fill(KeyValueState items, EntityState entities, string name)
    {
        items.Set(name, [0xC0]);
        entities.CreateTable(name);
        EntityBatch batch = entities.CreateBatch();
        for (int i = 0; i < 2000; i++)
            batch.Create(ComponentData.Of(name));
        entities.Commit(batch);
    }
}
