using Persistence.Checkpoints;
using Persistence.Entities;
using Persistence.Recovery;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Entities.Checkpoints;

public sealed class EntityCaptureTests
{
    /// <summary>Whatever is changed while a checkpoint is written, it has what there was when it was begun: entities, values, tables and fields.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_changes_meanwhile_is_not_in_it(bool isIncrement)
    {
        using EntityStore store = EntityStore.Create();
        EntitySample.Add(store);
        List<EntityId> entities = [];
        Lsn since = Lsn.None;
        for (int i = 0; i < 3000; i++)
        {
            entities.Add(store.Add(ComponentData.Of("Position", ("X", i % 1000)), ComponentData.Of("Everything", ("String", $"s{i}"))));
            if (isIncrement && i == 2000)
                since = store.Store.Horizon.Visible + 1;
        }

        byte[][] before = [];
        if (isIncrement)
        {
            // What the increment builds on had fewer, and other values.
            before = BeforeOf(store, since);
            store.Change(batch => batch.Remove(entities[5], "Position"));
            store.Change(batch => batch.Delete(entities[6]));
            entities.RemoveAt(6);
        }

        string expected = store.Dump();
        int step = 0;
        byte[][] items = CopyOf(store, since, () => ChangeSomething(store, entities, step++));
        Assert.True(step > 15, $"only {step} items");
        Assert.NotEqual(expected, store.Dump());
        Assert.Equal(expected, Load([.. before, .. items]));
    }

    /// <summary>Components that are too large for one item, or one of which is.</summary>
    [Fact]
    public void Large_values_are_spread_over_several_items_and_come_back()
    {
        SimulatedFileSystem files = new();
        string expected;
        EntityId fat;
        using (EntityStore store = EntityStore.Create(files, EntityStore.Increments with { SegmentBytes = 256 << 20 }))
        {
            store.Entities.CreateTable("Blob", [.. Enumerable.Range(0, 5).Select(static i => new FieldDefinition($"B{i}", new FieldType(i == 4 ? FieldKind.String : FieldKind.Bytes))), new FieldDefinition("N", new FieldType(FieldKind.Int32), 5)]);
            fat = store.Add(ComponentData.Of("Blob", ("N", 1)));
            for (int i = 0; i < 4; i++)
                store.Change(batch => batch.Change(fat, ComponentData.Of("Blob", ($"B{i}", Bytes(20 << 20, i)))));
            for (int i = 0; i < 60; i++)
                store.Add(ComponentData.Of("Blob", ("B0", Bytes(600 << 10, i)), ("B4", new string((char)('a' + (i % 26)), 200_000))));
            byte[][] items = EntityLoaderTests.ItemsOf(store, Lsn.None);
            Assert.True(items.Length > 8);
            Assert.All(items, static item => Assert.InRange(item.Length, 1, RecordLimits.RecordBytesMax));
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
            expected = Fingerprint(store.Entities);
        }

        using EntityStore again = EntityStore.Open(files);
        Assert.Equal(expected, Fingerprint(again.Entities));
        Assert.Equal(Bytes(20 << 20, 3), again.Entities.GetComponent(fat, "Blob")["B3"]);
    }

    [Fact]
    public void A_store_that_never_had_entities_has_no_items()
    {
        using EntityStore store = EntityStore.Create();
        Assert.Empty(EntityLoaderTests.ItemsOf(store, Lsn.None));
        store.Entities.CreateTable("T");
        store.Entities.DropTable("T");
        Assert.NotEmpty(EntityLoaderTests.ItemsOf(store, Lsn.None));
    }

    /// <summary>An increment has what was changed, not all there is.</summary>
    [Fact]
    public void An_increment_is_as_large_as_what_has_changed()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("A", new FieldType(FieldKind.Int64)));
        EntityBatch batch = store.Entities.CreateBatch();
        List<EntityId> entities = [.. Enumerable.Range(0, 20_000).Select(i => batch.Create(ComponentData.Of("T", ("A", i))))];
        store.Entities.Commit(batch);
        Lsn since = store.Store.Horizon.Visible + 1;
        int whole = EntityLoaderTests.ItemsOf(store, Lsn.None).Sum(static item => item.Length);
        Assert.InRange(EntityLoaderTests.ItemsOf(store, since).Sum(static item => item.Length), 1, 200);
        store.Change(changes => changes.Set(entities[7777], ComponentData.Of("T", ("A", -1))));
        Assert.InRange(EntityLoaderTests.ItemsOf(store, since).Sum(static item => item.Length), 1, 200);
        Assert.True(whole > 20_000 * 20);
    }

    /// <summary>Components are written in pieces, which end after so many rows, so many that are written, or so many bytes; the slots of those that were removed are, after so many.</summary>
    [Fact]
    public void What_lies_where_its_pieces_end_is_in_it()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("T", new FieldDefinition("A", new FieldType(FieldKind.Int32)), new FieldDefinition("S", new FieldType(FieldKind.String)));
        EntityBatch batch = store.Entities.CreateBatch();
        List<EntityId> entities = [.. Enumerable.Range(0, 9_000).Select(i => batch.Create(ComponentData.Of("T", ("A", i))))];
        store.Entities.Commit(batch);
        byte[][] before = EntityLoaderTests.ItemsOf(store, Lsn.None);
        Lsn since = store.Store.Horizon.Visible + 1;

        // Few of many rows, so that the number of them ends a piece.
        store.Change(changes => entities.Where((_, i) => i % 4096 is < 4 or > 4092).ToList().ForEach(entity => changes.Set(entity, ComponentData.Of("T", ("A", -1)))));
        Assert.Equal(store.Dump(), Load([.. before, .. EntityLoaderTests.ItemsOf(store, since)]));
        store.Change(changes => entities[1000..4500].ForEach(entity => changes.Remove(entity, "T")));
        Assert.Equal(store.Dump(), Load([.. before, .. EntityLoaderTests.ItemsOf(store, since)]));
        foreach (EntityId entity in entities[..300])
            store.Change(changes => changes.Set(entity, ComponentData.Of("T", ("S", new string('s', 1000)))));
        Assert.Equal(store.Dump(), Load([.. before, .. EntityLoaderTests.ItemsOf(store, since)]));
        Assert.Equal(store.Dump(), Load(EntityLoaderTests.ItemsOf(store, Lsn.None)));
    }

    /// <summary>The first record behind a checkpoint lies as near to its end as one can; also when what it changes is changed again while the increment is written.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_increment_has_the_first_commit_after_what_it_builds_on(bool isChangedMeanwhile)
    {
        Action<EntityBatch, EntitySample>[] firsts =
        [
            static (batch, sample) => batch.Change(sample.First, ComponentData.Of("Position", ("X", 50))),
            static (batch, sample) => batch.Add(sample.Second, ComponentData.Of("Position")),
            static (batch, sample) => batch.Delete(sample.Third),
            static (batch, _) => batch.Create(ComponentData.Of("Position", ("X", 60))),
        ];
        foreach (Action<EntityBatch, EntitySample> first in firsts)
        {
            using EntityStore store = EntityStore.Create();
            EntitySample sample = EntitySample.Add(store);
            Lsn since = store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full }).End;
            byte[][] before = EntityLoaderTests.ItemsOf(store, Lsn.None);
            store.Change(batch => first(batch, sample));
            string expected = store.Dump();
            byte[][] items = CopyOf(store, since, () => store.Change(batch => batch.Set(isChangedMeanwhile ? sample.First : sample.Second, ComponentData.Of(isChangedMeanwhile ? "Position" : "Tag"))));
            Assert.Equal(expected, Load([.. before, .. items]));
        }
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Fingerprint(EntityState entities)
    {
        HashCode hash = default;
        foreach (Entity entity in entities.Query("Blob").OrderBy(static entity => entity.Id))
        {
            hash.Add(entity.Id);
            foreach (object? value in entity["Blob"].ToDictionary().Values)
            {
                if (value is byte[] bytes)
                    hash.AddBytes(bytes);
                else
                    hash.Add(value);
            }
        }

        return $"{entities.Count} {hash.ToHashCode()}";
    }

    /// <summary>The whole state as it was before a position.</summary>
    private static byte[][] BeforeOf(EntityStore store, Lsn since)
    {
        using EntityStore before = EntityStore.OpenReadOnly(((SimulatedFileSystem)store.Files).CrashImage(CrashImageKind.KeepEverything), RecoveryTarget.ToLsn(since + -1));
        return EntityLoaderTests.ItemsOf(before, Lsn.None);
    }

    private static byte[][] CopyOf(EntityStore store, Lsn since, Action between)
    {
        IStateCapture capture = ((IStateModel)store.Entities).Capture(since);
        List<byte[]> items = [];
        GrowableBuffer item = new(RecordLimits.RecordBytesMax);
        while (capture.TryWriteNext(item))
        {
            items.Add(item.WrittenSpan.ToArray());
            item.Reset();
            between();
        }

        Assert.True(capture.Done >= capture.Count, $"{capture.Done} of {capture.Count}");
        capture.End(published: true);
        return [.. items];
    }

    private static string Load(byte[][] items)
    {
        EntityState state = new();
        foreach (byte[] item in items)
            ((IStateModel)state).ReadItem(item, 1);
        Assert.Empty(((IStateModel)state).FindViolations());
        using EntityStore store = EntityStore.Create();
        ((IStateModel)state).Attach(store.Store);
        return EntityDump.Of(state);
    }

    private static void ChangeSomething(EntityStore store, List<EntityId> entities, int step)
    {
        EntityId some = entities[(step * 37) % entities.Count];
        switch (step)
        {
            case 3:
                store.Entities.AddField("Position", new FieldDefinition("Z", new FieldType(FieldKind.String), "new"));
                break;
            case 5:
                store.Entities.WidenField("Position", "X", new FieldType(FieldKind.Float64));
                break;
            case 7:
                store.Entities.DropField("Everything", "String");
                break;
            case 9:
                store.Entities.RenameTable("Tag", "Label");
                break;
            case 11:
                store.Entities.CreateTable("More", new FieldDefinition("A", new FieldType(FieldKind.Int8)));
                break;
            case 15:
                store.Entities.DropTable("Everything");
                break;
        }

        EntityBatch batch = store.Entities.CreateBatch();
        for (int i = 0; i < 200; i++)
            batch.Set(entities[(step + (i * 13)) % entities.Count], ComponentData.Of("Position", ("X", -step)));
        batch.Create(ComponentData.Of("Position"));
        store.Entities.Commit(batch);
        store.Change(changes => changes.Delete(some));
        entities.Remove(some);
    }
}
