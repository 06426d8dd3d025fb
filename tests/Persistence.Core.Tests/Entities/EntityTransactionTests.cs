using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Entities;

public sealed class EntityTransactionTests
{
    /// <summary>What a transaction reads, and a change by another: whether they go together.</summary>
    private static readonly Dictionary<string, (Action<EntityTransaction, EntitySample> Read, Action<EntityStore, EntitySample> Change, bool Conflicts)> Cases = new()
    {
        ["a component, and its change"] = (static (reader, sample) => reader.FindComponent(sample.First, "Position"), static (store, sample) => store.Change(batch => batch.Change(sample.First, ComponentData.Of("Position", ("X", 1)))), true),
        ["a component, and the change of another"] = (static (reader, sample) => reader.FindComponent(sample.First, "Position"), static (store, sample) => store.Change(batch => batch.Change(sample.First, ComponentData.Of("Everything", ("Int8", 1)))), false),
        ["a component, and its removal"] = (static (reader, sample) => reader.FindComponent(sample.First, "Position"), static (store, sample) => store.Change(batch => batch.Remove(sample.First, "Position")), true),
        ["a component that is not there, and its adding"] = (static (reader, sample) => reader.FindComponent(sample.Second, "Position"), static (store, sample) => store.Change(batch => batch.Add(sample.Second, ComponentData.Of("Position"))), true),
        ["a component, and a removal and an adding"] = (
            static (reader, sample) => reader.FindComponent(sample.First, "Position"),
            static (store, sample) =>
            {
                store.Change(batch => batch.Remove(sample.First, "Position"));
                store.Change(batch => batch.Add(sample.First, ComponentData.Of("Position")));
            },
            true),
        ["an entity, and its deletion"] = (static (reader, sample) => reader.Exists(sample.Third), static (store, sample) => store.Change(batch => batch.Delete(sample.Third)), true),
        ["an entity, and the deletion of another"] = (static (reader, sample) => reader.Exists(sample.First), static (store, sample) => store.Change(batch => batch.Delete(sample.Third)), false),
        ["an entity's tables, and one more"] = (static (reader, sample) => reader.Find(sample.Third), static (store, sample) => store.Change(batch => batch.Add(sample.Third, ComponentData.Of("Tag"))), true),
        ["the entities of a table, and one more"] = (static (reader, _) => reader.Query("Position").ToList(), static (store, _) => store.Add(ComponentData.Of("Position")), true),
        ["the entities of a table, and one more of another"] = (static (reader, _) => reader.Query("Position").Read("Position").ToList(), static (store, _) => store.Add(ComponentData.Of("Tag")), false),
        ["the entities of a table, and one less"] = (static (reader, _) => reader.Query("Position").ToList(), static (store, sample) => store.Change(batch => batch.Delete(sample.First)), true),
        ["the entities without a table, and one that gets it"] = (static (reader, _) => reader.Query("Everything").Without("Position").Read().ToList(), static (store, sample) => store.Change(batch => batch.Add(sample.Second, ComponentData.Of("Position"))), true),
        ["the entities with a value, and one that gets it"] = (static (reader, _) => reader.Query().Where("Position", "X", FieldTest.Equal, 1).ToList(), static (store, sample) => store.Change(batch => batch.Change(sample.First, ComponentData.Of("Position", ("X", 1)))), true),
        ["all entities, and one more"] = (static (reader, _) => reader.Query().ToList(), static (store, _) => store.Add(), true),
        ["how many there are, and one more"] = (static (reader, _) => Assert.True(reader.Count > 0), static (store, _) => store.Add(), true),
        ["a component, and another table"] = (static (reader, sample) => reader.FindComponent(sample.First, "Position"), static (store, _) => store.Entities.CreateTable("More"), true),
        ["nothing, and a new field"] = (static (_, _) => { }, static (store, _) => store.Entities.AddField("Tag", new FieldDefinition("A", new FieldType(FieldKind.Int8))), true),
        ["nothing, and a new entity"] = (static (_, _) => { }, static (store, _) => store.Add(), false),
        ["a component, and a change of key-value state"] = (static (reader, sample) => reader.FindComponent(sample.First, "Position"), static (_, _) => { }, false),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_read_must_not_have_been_changed(string name)
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction entities = store.Entities.In(transaction);
        Cases[name].Read(entities, sample);
        EntityId created = entities.Create();
        Cases[name].Change(store, sample);
        if (!Cases[name].Conflicts)
        {
            transaction.Commit();
            Assert.True(store.Entities.Exists(created));
            return;
        }

        string before = store.Dump();
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(TransactionStatus.RolledBack, transaction.Status);
        Assert.Equal(before, store.Dump());
    }

    [Fact]
    public void Three_tables_and_other_states_change_together_or_not_at_all()
    {
        SimulatedFileSystem files = new();
        EntityState entities = new();
        KeyValueState items = new();
        PersistenceStore.Create(TestStore.HostFor(files), TestStore.SmallOptions);
        EntityId from = default;
        EntityId to = default;
        using (PersistenceStore store = PersistenceStore.Open(TestStore.HostFor(files), TestStore.SmallOptions, [entities, items]))
        {
            entities.CreateTable("Account", new FieldDefinition("Amount", new FieldType(FieldKind.Int64)));
            entities.CreateTable("Note", new FieldDefinition("Text", new FieldType(FieldKind.String)));
            entities.CreateTable("Last", new FieldDefinition("Other", new FieldType(FieldKind.Reference)));
            EntityBatch batch = entities.CreateBatch();
            from = batch.Create(ComponentData.Of("Account", ("Amount", 100)));
            to = batch.Create(ComponentData.Of("Account", ("Amount", 0)));
            entities.Commit(batch);
            foreach (bool commits in (bool[])[false, true])
            {
                using Transaction transaction = store.BeginTransaction();
                EntityTransaction inside = entities.In(transaction);
                long amount = (long)inside.GetComponent(from, "Account")["Amount"]!;
                inside.Change(from, ComponentData.Of("Account", ("Amount", amount - 30)));
                inside.Change(to, ComponentData.Of("Account", ("Amount", (long)inside.GetComponent(to, "Account")["Amount"]! + 30)));
                EntityId note = inside.Create(ComponentData.Of("Note", ("Text", "moved 30")), ComponentData.Of("Last", ("Other", to)));
                inside.Set(from, ComponentData.Of("Last", ("Other", note)));
                items.In(transaction).Set("moves", TestStore.Encode("1"));
                Assert.Equal(70L, inside.GetComponent(from, "Account")["Amount"]);
                Assert.Equal(100L, entities.GetComponent(from, "Account")["Amount"]);
                if (commits)
                    transaction.Commit();
            }
        }

        EntityState again = new();
        KeyValueState itemsAgain = new();
        using PersistenceStore reopened = PersistenceStore.Open(TestStore.HostFor(files), TestStore.SmallOptions, [again, itemsAgain]);
        Assert.Equal(70L, again.GetComponent(from, "Account")["Amount"]);
        Assert.Equal(30L, again.GetComponent(to, "Account")["Amount"]);
        Entity noted = Assert.Single(again.Query("Note"));
        Assert.Equal(noted.Id, again.GetComponent(from, "Last")["Other"]);
        Assert.NotNull(itemsAgain.Find("moves"));
    }

    /// <summary>Each write of a field that is not read goes with those of other fields; reading what comes of it does not.</summary>
    [Fact]
    public void Fields_changed_without_being_read_conflict_with_nobody()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using Transaction blind = store.Store.BeginTransaction();
        using Transaction reading = store.Store.BeginTransaction();
        store.Entities.In(blind).Change(sample.First, ComponentData.Of("Position", ("X", 50)));
        store.Entities.In(reading).Change(sample.First, ComponentData.Of("Position", ("X", 60)));
        Assert.Equal(1.5f, store.Entities.In(reading).GetComponent(sample.First, "Position")["Y"]);
        store.Change(batch => batch.Change(sample.First, ComponentData.Of("Position", ("Y", 9))));
        blind.Commit();
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => reading.Commit()).Error);
        Assert.Equal((short)50, store.Entities.GetComponent(sample.First, "Position")["X"]);
        Assert.Equal(9f, store.Entities.GetComponent(sample.First, "Position")["Y"]);
    }

    /// <summary>What a transaction did not read may be gone when it is committed: it is refused, and can be rolled back.</summary>
    [Fact]
    public void A_reference_to_an_entity_deleted_meanwhile_is_refused()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using Transaction transaction = store.Store.BeginTransaction();
        store.Entities.In(transaction).Create(ComponentData.Of("Everything", ("Reference", sample.Third)));
        store.Change(batch => batch.Delete(sample.Third));
        string before = store.Dump();
        Assert.Equal(StoreError.ReferenceDangling, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(before, store.Dump());
        Assert.Equal(TransactionStatus.Active, transaction.Status);
        transaction.Rollback();
    }

    /// <summary>Where a change gets its place in the log it is noted what was there before; one that never got there lacks that.</summary>
    [Fact]
    public void What_was_rolled_back_can_be_read_in_its_note()
    {
        using EntityStore store = EntityStore.Create(options: TestStore.SmallOptions with { AuditTransactions = true });
        EntitySample sample = EntitySample.Add(store);
        using (Transaction transaction = store.Store.BeginTransaction())
        {
            EntityTransaction entities = store.Entities.In(transaction);
            entities.Set(sample.First, ComponentData.Of("Position", ("X", 5)));
            entities.Remove(sample.First, "Position");
            entities.Delete(sample.First);
            transaction.Rollback();
        }

        LogEntry note = store.Store.ReadLog(Lsn.None).Single(static entry => entry.Type == RecordType.RolledBackTransaction);
        EntityChange[] changes = [.. RolledBackTransaction.Read(note.Payload.Span).Changes.Select(change => EntityChange.Read(change.Type, change.Version, change.Payload!.Value.Span, store.Entities.Schema))];
        Assert.Equal([EntityRecordKind.ComponentSet, EntityRecordKind.ComponentRemoved, EntityRecordKind.EntityDeleted], changes.Select(static change => change.Kind));
        Assert.All(changes, change => Assert.Equal(sample.First, change.Entity));
        Assert.Equal((short)5, changes[0].Components!.Single().Values["X"]);
        Assert.Null(changes[0].WasThere);
        Assert.Null(changes[2].TablesBefore);
    }

    [Fact]
    public void Ids_of_what_was_rolled_back_are_given_out_again()
    {
        using EntityStore store = EntityStore.Create();
        EntityId first;
        using (Transaction transaction = store.Store.BeginTransaction())
        {
            first = store.Entities.In(transaction).Create();
            using Transaction nested = transaction.Begin();
            EntityId second = store.Entities.In(nested).Create();
            nested.Rollback();
            Assert.Equal(second, store.Entities.In(transaction).Create());
        }

        EntityBatch batch = store.Entities.CreateBatch();
        HashSet<EntityId> again = [batch.Create(), batch.Create()];
        Assert.Contains(first, again);
        batch.Clear();
        batch.Clear();
        for (int i = 0; i < 100; i++)
        {
            using Transaction transaction = store.Store.BeginTransaction();
            Assert.InRange(store.Entities.In(transaction).Create().Slot, 0, 1);
        }

        Assert.Equal(5, Enumerable.Range(0, 5).Select(_ => store.Add()).Distinct().Count());
    }

    /// <summary>What is changed while entities are gone through is not among them, and does not stop that.</summary>
    [Fact]
    public void Entities_can_be_changed_while_they_are_gone_through()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("A", new FieldType(FieldKind.Int32)));
        for (int i = 0; i < 1000; i++)
            store.Add(ComponentData.Of("T", ("A", i)));
        using Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction entities = store.Entities.In(transaction);
        int seen = 0;
        foreach (Entity entity in entities.Query("T"))
        {
            seen++;
            int value = (int)entity["T"]["A"]!;
            if (value % 3 == 0)
                entities.Delete(entity.Id);
            else
                entities.Change(entity.Id, ComponentData.Of("T", ("A", value + 1)));
            entities.Create(ComponentData.Of("T", ("A", -1)));
        }

        Assert.Equal(1000, seen);
        Assert.Equal(1000 - 334 + 1000, entities.Query("T").Count());
        transaction.Commit();
        Assert.Equal(666, store.Entities.Query("T").Where("T", "A", FieldTest.Greater, 0).Count());
    }

    [Fact]
    public void A_transaction_that_has_ended_reads_and_takes_nothing()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        Transaction transaction = store.Store.BeginTransaction();
        EntityTransaction entities = store.Entities.In(transaction);
        IEnumerator<Entity> going = entities.Query().GetEnumerator();
        Assert.True(going.MoveNext());
        transaction.Rollback();
        foreach (Action use in (Action[])[() => entities.Exists(sample.First), () => entities.Create(), () => _ = entities.Count, () => _ = entities.Schema, () => entities.Find(sample.First), () => going.MoveNext(), () => entities.Delete(sample.First)])
            Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(use).Error);
    }

    [Fact]
    public void Another_store_s_transaction_or_snapshot_is_refused()
    {
        using EntityStore one = EntityStore.Create();
        using EntityStore other = EntityStore.Create();
        using Transaction transaction = other.Store.BeginTransaction();
        Assert.Throws<ArgumentException>(() => one.Entities.In(transaction));
        using Snapshot snapshot = other.Store.OpenSnapshot();
        Assert.Throws<ArgumentException>(() => one.Entities.At(snapshot));
        EntityBatch batch = other.Entities.CreateBatch();
        batch.Create();
        Assert.Throws<ArgumentException>(() => one.Entities.Commit(batch));
    }
}
