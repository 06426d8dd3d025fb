using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>What a transaction learns without asking for it, and what it sees of slots that others use meanwhile.</summary>
public sealed class EntityTransactionReadsTests
{
    /// <summary>A change that is refused says what there is; another commit makes that untrue.</summary>
    private static readonly Dictionary<string, (StoreError Refused, Action<EntityTransaction, EntitySample> Change, Action<EntityBatch, EntitySample> Other)> Refusals = new()
    {
        ["a component that is there is added, and removed"] = (StoreError.ComponentExists, static (entities, sample) => entities.Add(sample.First, ComponentData.Of("Position")), static (batch, sample) => batch.Remove(sample.First, "Position")),
        ["a component that is not there is removed, and added"] = (StoreError.ComponentNotFound, static (entities, sample) => entities.Remove(sample.First, "Tag"), static (batch, sample) => batch.Add(sample.First, ComponentData.Of("Tag"))),
        ["a component that is not there is changed, and added"] = (StoreError.ComponentNotFound, static (entities, sample) => entities.Change(sample.Second, ComponentData.Of("Position")), static (batch, sample) => batch.Add(sample.Second, ComponentData.Of("Position"))),
    };

    public static TheoryData<string> Refused => [.. Refusals.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_change_that_is_refused_has_read_why(string name)
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction entities = store.Entities.In(transaction);
        Assert.Equal(Refusals[name].Refused, Assert.ThrowsAny<StoreException>(() => Refusals[name].Change(entities, sample)).Error);
        entities.Create();
        store.Change(batch => Refusals[name].Other(batch, sample));
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_change_that_is_refused_since_there_is_no_such_entity_has_read_that(bool isReference)
    {
        using EntityStore store = EntityStore.Create();
        EntitySample.Add(store);
        EntityBatch batch = store.Entities.CreateBatch();
        EntityId coming = batch.Create();
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction entities = store.Entities.In(transaction);
        StoreException refused = isReference
            ? Assert.ThrowsAny<StoreException>(() => entities.Create(ComponentData.Of("Everything", ("Reference", coming))))
            : Assert.ThrowsAny<StoreException>(() => entities.Delete(coming));
        Assert.Equal(isReference ? StoreError.ReferenceDangling : StoreError.EntityNotFound, refused.Error);
        entities.Create();
        store.Entities.Commit(batch);
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
    }

    /// <summary>A change is checked again where it is committed; one that was rolled back before is not, and has shown all the same what there was.</summary>
    private static readonly Dictionary<string, (Action<EntityTransaction, EntitySample> Change, Action<EntityBatch, EntitySample> Other)> Tries = new()
    {
        ["adding what others add"] = (static (entities, sample) => entities.Add(sample.Third, ComponentData.Of("Tag")), static (batch, sample) => batch.Add(sample.Third, ComponentData.Of("Tag"))),
        ["removing what others remove"] = (static (entities, sample) => entities.Remove(sample.Second, "Tag"), static (batch, sample) => batch.Remove(sample.Second, "Tag")),
        ["deleting what others delete"] = (static (entities, sample) => entities.Delete(sample.Third), static (batch, sample) => batch.Delete(sample.Third)),
        ["referring to what others delete"] = (static (entities, sample) => entities.Create(ComponentData.Of("Everything", ("Reference", sample.Third))), static (batch, sample) => batch.Delete(sample.Third)),
    };

    public static TheoryData<string> Tried => [.. Tries.Keys];

    [Theory]
    [MemberData(nameof(Tried))]
    public void A_change_that_was_rolled_back_has_read_that_it_can_be_made(string name)
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using Transaction transaction = store.Store.BeginTransaction();
        using (Transaction nested = transaction.Begin())
            Tries[name].Change(store.Entities.In(nested), sample);
        store.Entities.In(transaction).Create();
        store.Change(batch => Tries[name].Other(batch, sample));
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
    }

    /// <summary>Only what it refers to itself: not what changes before it do, which are looked at again when they are committed.</summary>
    [Fact]
    public void A_change_that_was_rolled_back_has_read_nothing_of_what_others_refer_to()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using Transaction transaction = store.Store.BeginTransaction();
        EntityId created = store.Entities.In(transaction).Create(ComponentData.Of("Everything", ("Reference", sample.Third)));
        using (Transaction nested = transaction.Begin())
            store.Entities.In(nested).Add(sample.First, ComponentData.Of("Tag"));
        store.Change(batch => batch.Add(sample.Third, ComponentData.Of("Tag")));
        transaction.Commit();
        Assert.Equal(sample.Third, store.Entities.GetComponent(created, "Everything")["Reference"]);
    }

    /// <summary>An entity that the transaction sees is deleted by others, and the transaction creates one: in the same slot.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_entity_is_seen_although_one_is_created_in_its_slot(bool isChangedBefore)
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction entities = store.Entities.In(transaction);
        if (isChangedBefore)
            entities.Change(sample.First, ComponentData.Of("Position", ("X", 99)));
        string before = EntityDump.Of(entities);
        store.Change(batch => batch.Delete(sample.First));
        EntityId created;
        using (Transaction nested = transaction.Begin())
        {
            created = store.Entities.In(nested).Create(ComponentData.Of("Tag"));
            Assert.Equal((sample.First.Slot, sample.First.Generation + 1), (created.Slot, created.Generation));
            EntityTransaction inner = store.Entities.In(nested);
            Assert.True(inner.Exists(sample.First));
            Assert.True(inner.Exists(created));
            Assert.Equal((short)(isChangedBefore ? 99 : 7), inner.GetComponent(sample.First, "Position")["X"]);
            Assert.Equal(inner.Count, inner.Query().Count());
            inner.Set(sample.First, ComponentData.Of("Tag"));
            inner.Create(ComponentData.Of("Everything", ("Reference[]", new[] { sample.First, created })));
        }

        Assert.Equal(before, EntityDump.Of(entities));
        Assert.Equal(created, entities.Create());
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(created, store.Add());
    }
}
