using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>What programs give that makes no sense, and what they keep of what they gave and got.</summary>
public sealed class EntityArgumentTests
{
    [Fact]
    public void Nothing_where_something_has_to_be_is_an_argument_s_fault()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        EntityState entities = store.Entities;
        entities.Define<Named>();
        EntityBatch batch = entities.CreateBatch();
        Action[] uses =
        [
            () => entities.CreateTable(null!), () => entities.CreateTable("T", null!), () => entities.CreateTable("T", [null!]), () => entities.CreateTable("T", new FieldDefinition(null!, new FieldType(FieldKind.Bool))),
            () => entities.AddField("Tag", null!), () => entities.AddField(null!, new FieldDefinition("A", new FieldType(FieldKind.Bool))), () => entities.AddField("Tag", new FieldDefinition("A", default)),
            () => entities.AddField("Tag", new FieldDefinition("A", new FieldType((FieldKind)99))), () => entities.WidenField("Position", "X", default), () => entities.RenameTable("Tag", null!), () => entities.RenameField("Position", "X", " "),
            () => entities.DropTable(null!), () => entities.Commit(null!), () => entities.At(null!), () => entities.In(null!), () => entities.Find(sample.First, null!), () => entities.Find(sample.First, [null!]), () => entities.FindComponent(sample.First, null!),
            () => entities.Query(null!), () => entities.Query().With(null!), () => entities.Query().Without(null!), () => entities.Query().Read(null!), () => _ = entities.Query([null!]).Any(),
            () => _ = entities.Query().Where("Position", "X", (FieldTest)99, 1).Any(), () => _ = entities.Query().Where("Everything", "Int32[]", (FieldTest)99, null).Any(),
            () => batch.Create((ComponentData[])null!), () => batch.Create((ComponentData)null!), () => batch.Set(sample.First, null!), () => batch.Remove(sample.First, null!), () => batch.Create<Named>(null!), () => batch.Set<Named>(sample.First, null!),
            () => ComponentData.Of(null!), () => ComponentData.Of("Tag", (IReadOnlyDictionary<string, object?>)null!), () => batch.Set(sample.First, ComponentData.Of("Position", ("X", 1), ("x", 2))),
        ];
        string before = store.Dump();
        foreach (Action use in uses)
            Assert.ThrowsAny<ArgumentException>(use);
        Assert.Equal(0, batch.Count);
        Assert.Equal(before, store.Dump());
    }

    /// <summary>A field's default is what components are made of: whoever asks for it gets one of his own.</summary>
    [Fact]
    public void A_default_that_a_program_has_got_or_given_it_can_change_without_changing_the_state()
    {
        using EntityStore store = EntityStore.Create();
        int[] given = [1, 2];
        store.Entities.CreateTable("T", new FieldDefinition("A", new FieldType(FieldKind.Int32, IsArray: true), given), new FieldDefinition("B", new FieldType(FieldKind.Bytes), new byte[] { 1 }));
        EntityId entity = store.Add(ComponentData.Of("T"));
        string before = store.Dump();
        given[0] = 9;
        ((int[])store.Entities.Schema.Get("T").GetField("A").Default!)[0] = 9;
        ((byte[])store.Entities.Schema.Get("T").GetField("B").Default!)[0] = 9;
        ((int[])store.Entities.GetComponent(entity, "T").Table.Fields[0].Default!)[0] = 9;
        Assert.Equal(before, store.Dump());
        Assert.Equal(new[] { 1, 2 }, store.Entities.GetComponent(store.Add(ComponentData.Of("T")), "T")["A"]);
    }

    /// <summary>Payloads are in no message.</summary>
    [Theory]
    [InlineData("Int32", "s3cret")]
    [InlineData("Guid", "s3cret")]
    [InlineData("Int8", 73141)]
    [InlineData("Float32", 16777217)]
    public void A_value_that_is_refused_is_not_repeated(string type, object value)
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("A", FieldType.Parse(type)));
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Add(ComponentData.Of("T", ("A", value))));
        Assert.Equal(StoreError.ComponentTypeMismatch, refused.Error);
        Assert.DoesNotContain($"{value}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'A'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(value.GetType().Name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_none_is_refused_and_the_batch_is_as_before()
    {
        string text = "half a pair: " + (char)0xD800;
        using EntityStore store = EntityStore.Create();
        EntitySample.Add(store);
        EntityBatch batch = store.Entities.CreateBatch();
        Assert.Equal(StoreError.ValueNotSupported, Assert.ThrowsAny<StoreException>(() => batch.Create(ComponentData.Of("Position"), ComponentData.Of("Everything", ("String", text)))).Error);
        Assert.Equal(0, batch.Count);
        EntityId next = batch.Create();
        batch.Clear();
        Assert.Equal(next, store.Add());
    }

    [Theory]
    [InlineData("Straße", "STRASSE", false)]
    [InlineData("Straße", "STRAßE", true)]
    [InlineData("title", "TITLE", true)]
    [InlineData("title", "TİTLE", false)]
    [InlineData("tıtle", "TITLE", false)]
    [InlineData("ÄÖ", "äö", true)]
    [InlineData("a b", "A B", true)]
    [InlineData("a", "a ", false)]
    public void Names_are_the_same_whatever_their_case(string one, string other, bool isSame)
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable(one, new FieldDefinition(one, new FieldType(FieldKind.Int32)));
        EntityId entity = store.Add(ComponentData.Of(one, (one, 1)));
        if (isSame)
        {
            Assert.Equal(1, store.Entities.GetComponent(entity, other)[other]);
            Assert.Equal(StoreError.TableExists, Assert.ThrowsAny<StoreException>(() => store.Entities.CreateTable(other)).Error);
            return;
        }

        Assert.Equal(StoreError.TableNotFound, Assert.ThrowsAny<StoreException>(() => store.Entities.FindComponent(entity, other)).Error);
        store.Entities.CreateTable(other);
    }

    [Fact]
    public void Not_a_number_is_itself_and_comes_before_and_after_nothing_and_zero_has_no_sign()
    {
        SimulatedFileSystem files = new();
        using (EntityStore store = EntityStore.Create(files))
        {
            store.Entities.CreateTable("T", new FieldDefinition("A", new FieldType(FieldKind.Float64)), new FieldDefinition("B", new FieldType(FieldKind.Float32, IsArray: true)));
            foreach (double value in (double[])[double.NaN, -0.0, 0.0, double.NegativeInfinity])
                store.Add(ComponentData.Of("T", ("A", value), ("B", new[] { (float)value })));
            store.Store.TakeCheckpoint();
        }

        using EntityStore again = EntityStore.Open(files);
        EntityQuery all = again.Entities.Query();
        Assert.Equal(double.NaN, Assert.Single(all.Where("T", "A", FieldTest.Equal, double.NaN))["T"]["A"]);
        Assert.Single(all.Where("T", "B", FieldTest.Contains, float.NaN));
        Assert.Equal(2, all.Where("T", "A", FieldTest.Equal, 0).Count());
        Assert.Equal(2, all.Where("T", "B", FieldTest.Equal, new[] { -0.0 }).Count());
        Assert.Equal(3, all.Where("T", "A", FieldTest.LessOrEqual, 0).Count());
        Assert.Equal(3, all.Where("T", "A", FieldTest.NotEqual, double.NaN).Count());
        Assert.Contains(all.Select(static entity => (double)entity["T"]["A"]!), static value => value == 0 && double.IsNegative(value));
    }

    /// <summary>What refers to nothing is not there, and what is not there comes before nothing and after nothing.</summary>
    [Fact]
    public void No_reference_comes_neither_before_nor_after_another()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("R", new FieldType(FieldKind.Reference)));
        EntityId first = store.Add();
        EntityId second = store.Add(ComponentData.Of("T", ("R", first)));
        store.Add(ComponentData.Of("T"));
        Assert.Equal(second, Assert.Single(store.Entities.Query().Where("T", "R", FieldTest.Less, second)).Id);
        Assert.Empty(store.Entities.Query().Where("T", "R", FieldTest.GreaterOrEqual, null));
        Assert.Single(store.Entities.Query().Where("T", "R", FieldTest.Equal, null));
    }

    /// <summary>The largest numbers that a record can have: a checkpoint has them too.</summary>
    [Fact]
    public void Tables_and_fields_of_the_largest_numbers_come_back_from_a_checkpoint()
    {
        SimulatedFileSystem files = new();
        string expected;
        using (EntityStore store = EntityStore.Create(files))
        {
            const int Largest = int.MaxValue - 1;
            CommandBatch commands = new();
            EntityCommands.Change(commands, new TableCreated(Largest, "T", [new FieldSchema(Largest, "A", new FieldType(FieldKind.Int32), 7)]));
            store.Store.Commit(commands);
            store.Add(ComponentData.Of("T"));
            Assert.ThrowsAny<StoreException>(() => store.Entities.CreateTable("Next"));
            Assert.ThrowsAny<StoreException>(() => store.Entities.AddField("T", new FieldDefinition("Next", new FieldType(FieldKind.Int32))));
            store.Store.TakeCheckpoint();
            expected = store.Dump();
        }

        using EntityStore again = EntityStore.Open(files);
        Assert.Equal(expected, again.Dump());
        Assert.NotNull(again.Store.RecoveryReport.CheckpointId);
    }

    /// <summary>All of a table is in one item of a checkpoint.</summary>
    [Fact]
    public void Defaults_for_which_a_checkpoint_would_have_no_room_are_refused()
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, EntityStore.Increments with { SegmentBytes = 128 << 20 });
        store.Entities.CreateTable("T");
        for (int i = 0; i < 3; i++)
        {
            FieldDefinition field = new($"F{i}", new FieldType(FieldKind.Bytes), new byte[50 << 20]);
            Assert.Equal(StoreError.SchemaIncompatible, Assert.ThrowsAny<StoreException>(() => store.Entities.AddField("T", field)).Error);
        }

        store.Store.TakeCheckpoint();
    }

    /// <summary>The last generation of a slot: when its entity is deleted the slot is not used again, nor after a checkpoint and an opening.</summary>
    [Fact]
    public void A_slot_whose_generations_are_used_up_is_not_used_again()
    {
        SimulatedFileSystem files = new();
        EntityId last = new(0, EntityId.GenerationMax);
        using (EntityStore store = EntityStore.Create(files))
        {
            EntityBatch ids = store.Entities.CreateBatch();
            Assert.Equal(0, ids.Create().Slot);
            CommandBatch commands = new();
            EntityCommands.Create(commands, EntitySchema.Empty, last, []);
            // No log has so many deletions: it is put there as replay would.
            ((IStateModel)store.Entities).Apply(new LogRecord { Lsn = store.Store.Horizon.Visible, Type = EntityRecords.TypeOf(EntityRecordKind.EntityCreated), Version = 1, Payload = commands.GetPayload(0) });
            Assert.True(store.Entities.Exists(last));
            store.Change(batch => batch.Delete(last));
            Assert.Equal(1, store.Add().Slot);
            Assert.Equal(StoreError.StaleEntity, Assert.ThrowsAny<StoreException>(() => store.Entities.Get(last)).Error);
            store.Store.TakeCheckpoint();
        }

        using EntityStore again = EntityStore.Open(files);
        Assert.Equal(2, again.Add().Slot);
        Assert.Equal(StoreError.StaleEntity, Assert.ThrowsAny<StoreException>(() => again.Change(batch => batch.Delete(last))).Error);
        Assert.Equal(StoreError.StaleEntity, Assert.ThrowsAny<StoreException>(() => again.Entities.Get(new EntityId(0, 5))).Error);
    }

    /// <summary>A state can be registered again when its store was closed. What is left of batches and transactions of before changes nothing in the next store, and takes no ids there.</summary>
    [Fact]
    public void What_is_left_of_a_store_that_was_closed_gives_the_next_one_no_ids()
    {
        EntityState entities = new();
        EntityBatch old;
        Transaction transaction;
        using (PersistenceStore first = Create(entities))
        {
            old = entities.CreateBatch();
            old.Create();
            transaction = first.BeginTransaction();
            entities.In(transaction).Create();
        }

        using PersistenceStore second = Create(entities);
        Assert.Throws<ArgumentException>(() => entities.Commit(old));
        old.Clear();
        transaction.Dispose();
        EntityBatch batch = entities.CreateBatch();
        HashSet<EntityId> ids = [.. Enumerable.Range(0, 5).Select(_ => batch.Create())];
        Assert.Equal(5, ids.Count);
        entities.Commit(batch);
        Assert.Equal(5, entities.Count);
    }

    [Fact]
    public void A_store_that_was_closed_takes_nothing_and_still_shows_what_there_was()
    {
        EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        EntityBatch batch = store.Entities.CreateBatch();
        batch.Create();
        string before = store.Dump();
        store.Dispose();
        Action[] uses = [() => store.Entities.Commit(batch), () => _ = store.Entities.CommitAsync(batch).AsTask(), () => store.Entities.CreateTable("More"), () => store.Entities.DropTable("Tag"), () => store.Entities.Define<Named>()];
        foreach (Action use in uses)
            Assert.Equal(StoreError.StoreClosed, Assert.ThrowsAny<StoreException>(use).Error);
        Assert.Equal(before, store.Dump());
        Assert.True(store.Entities.Exists(sample.First));
    }

    /// <summary>A query that is given up keeps nothing for itself any more.</summary>
    [Fact]
    public void A_query_that_is_given_up_half_way_keeps_nothing()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        using (IEnumerator<Entity> going = store.Entities.Query().GetEnumerator())
        {
            Assert.True(going.MoveNext());
            Change(10);
            Assert.True(store.Entities.OlderCount >= 9);
        }

        Assert.NotNull(store.Entities.Query().First());
        Change(1);
        Assert.InRange(store.Entities.OlderCount, 0, 1);

        void Change(int times)
        {
            for (int i = 0; i < times; i++)
                store.Change(batch => batch.Change(sample.First, ComponentData.Of("Position", ("X", i))));
        }
    }

    /// <summary>Where a change gets its place in the log, and in a transaction at once.</summary>
    [Theory]
    [InlineData(EntityRecordKind.EntityCreated)]
    [InlineData(EntityRecordKind.ComponentAdded)]
    [InlineData(EntityRecordKind.ComponentSet)]
    [InlineData(EntityRecordKind.ComponentChanged)]
    public void A_reference_to_an_entity_that_is_gone_is_refused_in_every_kind_of_change(EntityRecordKind kind)
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        string before = store.Dump();
        foreach (ComponentData component in (ComponentData[])[ComponentData.Of("Everything", ("Reference", sample.Gone)), ComponentData.Of("Everything", ("Reference[]", new[] { sample.First, sample.Gone }))])
        {
            Assert.Equal(StoreError.ReferenceDangling, Assert.ThrowsAny<StoreException>(() => store.Change(batch => Put(batch, kind, sample, component))).Error);
            using Transaction transaction = store.Store.BeginTransaction();
            Assert.Equal(StoreError.ReferenceDangling, Assert.ThrowsAny<StoreException>(() => Put(store.Entities.In(transaction), kind, sample, component)).Error);
        }

        Assert.Equal(before, store.Dump());
    }

    private static void Put(IEntityWriter writer, EntityRecordKind kind, EntitySample sample, ComponentData component)
    {
        switch (kind)
        {
            case EntityRecordKind.EntityCreated:
                writer.Create(component);
                break;
            case EntityRecordKind.ComponentAdded:
                writer.Add(sample.Third, component);
                break;
            case EntityRecordKind.ComponentSet:
                writer.Set(sample.First, component);
                break;
            default:
                writer.Change(sample.First, component);
                break;
        }
    }

    private static PersistenceStore Create(EntityState entities)
    {
        SimulatedFileSystem files = new();
        PersistenceStore.Create(TestStore.HostFor(files), TestStore.SmallOptions);
        return PersistenceStore.Open(TestStore.HostFor(files), TestStore.SmallOptions, [entities]);
    }

    private sealed record Named(string Text);
}
