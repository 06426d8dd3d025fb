using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Entities;

public sealed class EntityChangeTests
{
    [Fact]
    public void A_deletion_does_not_say_what_the_entity_had_of_tables_that_were_dropped_before()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("Place");
        store.Entities.CreateTable("Tag");
        EntityId entity = store.Add(ComponentData.Of("Place"), ComponentData.Of("Tag"));
        store.Entities.DropTable("Place");
        store.Change(batch => batch.Delete(entity));
        Assert.Equal([2], EntityLog.Read(store.Store).Last().TablesBefore!);
    }

    [Fact]
    public void What_was_there_before_is_what_the_records_before_it_have_left_in_the_same_commit_too()
    {
        using EntityStore store = EntityStore.Create();
        store.Entities.CreateTable("Place");
        store.Entities.CreateTable("Tag");
        EntityId entity = store.Add(ComponentData.Of("Place"));
        store.Change(batch =>
        {
            batch.Set(entity, ComponentData.Of("Tag"));
            batch.Set(entity, ComponentData.Of("Tag"));
            batch.Remove(entity, "Place");
            batch.Set(entity, ComponentData.Of("Place"));
            batch.Remove(entity, "Place");
            batch.Delete(entity);
            batch.Delete(batch.Create(ComponentData.Of("Place")));
        });
        List<EntityChange> changes = [.. EntityLog.Read(store.Store)];
        Assert.Equal([false, true, false], changes.Where(static change => change.Kind == EntityRecordKind.ComponentSet).Select(static change => change.WasThere!.Value));
        Assert.Equal(["2", "1"], changes.Where(static change => change.Kind == EntityRecordKind.EntityDeleted).Select(static change => string.Join(',', change.TablesBefore!)));
    }

    [Fact]
    public void History_says_of_every_kind_what_was_changed()
    {
        using EntityStore store = EntityStore.Create();
        EntityState entities = store.Entities;
        entities.CreateTable("Place", new FieldDefinition("X", new FieldType(FieldKind.Int8), 3), new FieldDefinition("Of", new FieldType(FieldKind.Reference)));
        entities.CreateTable("Tag");
        EntityId first = store.Add(ComponentData.Of("Place", ("X", 5)), ComponentData.Of("Tag"));
        EntityId second = store.Add();
        store.Change(batch => batch.Add(second, ComponentData.Of("Place", ("Of", first))));
        store.Change(batch => batch.Set(second, ComponentData.Of("Place", ("X", 6))));
        store.Change(batch => batch.Set(second, ComponentData.Of("Tag")));
        store.Change(batch => batch.Change(second, ComponentData.Of("Place", ("X", 7))));
        store.Change(batch => batch.Remove(second, "Tag"));
        store.Change(batch => batch.Delete(first));
        entities.AddField("Place", new FieldDefinition("Note", new FieldType(FieldKind.String), "none"));
        entities.RenameField("Place", "X", "Column");
        entities.WidenField("Place", "Column", new FieldType(FieldKind.Int32));
        entities.DropField("Place", "Note");
        entities.RenameTable("Place", "Position");
        entities.DropTable("Tag");

        List<EntityChange> changes = [.. EntityLog.Read(store.Store, entities.Schema)];
        Assert.Equal(Enum.GetValues<EntityRecordKind>().Where(static kind => kind != EntityRecordKind.None), changes.Select(static change => change.Kind).Distinct().Order());
        EntityChange created = changes.First(static change => change.Kind == EntityRecordKind.EntityCreated);
        Assert.Equal(first, created.Entity);
        Assert.Equal([(1, "Position"), (2, null)], created.Components!.Select(static component => (component.Table, component.TableName)));
        Assert.Equal(5, created.Components![0].Values["column"]);
        EntityChange added = One(EntityRecordKind.ComponentAdded);
        Assert.Equal((second, 1, first), (added.Entity!.Value, added.Table!.Value, (EntityId)added.Components![0].Values["Of"]!));
        Assert.Equal([true, false], changes.Where(static change => change.Kind == EntityRecordKind.ComponentSet).Select(static change => change.WasThere!.Value));
        Assert.Equal(7, One(EntityRecordKind.ComponentChanged).Components![0].Values["Column"]);
        Assert.Equal((second, 2), (One(EntityRecordKind.ComponentRemoved).Entity!.Value, One(EntityRecordKind.ComponentRemoved).Table!.Value));
        Assert.Equal([1, 2], One(EntityRecordKind.EntityDeleted).TablesBefore!);
        Assert.Equal((1, "Place"), (changes[0].Table!.Value, changes[0].Name));
        Assert.Equal(["X", "Of"], changes[0].Fields!.Select(static field => field.Name));
        Assert.Equal((3, "Note", "none"), (One(EntityRecordKind.FieldAdded).Field!.Value, One(EntityRecordKind.FieldAdded).Name, One(EntityRecordKind.FieldAdded).Fields![0].Default));
        Assert.Equal((1, "Column"), (One(EntityRecordKind.FieldRenamed).Field!.Value, One(EntityRecordKind.FieldRenamed).Name));
        Assert.Equal((1, new FieldType(FieldKind.Int32)), (One(EntityRecordKind.FieldWidened).Field!.Value, One(EntityRecordKind.FieldWidened).Type!.Value));
        Assert.Equal(3, One(EntityRecordKind.FieldDropped).Field);
        Assert.Equal("Position", One(EntityRecordKind.TableRenamed).Name);
        Assert.Equal(2, One(EntityRecordKind.TableDropped).Table);

        // Without a schema there are numbers.
        EntityChange plain = EntityLog.Read(store.Store).First(static change => change.Kind == EntityRecordKind.ComponentAdded);
        Assert.Null(plain.Components![0].TableName);
        Assert.Equal(first.Value, Convert.ToInt64(plain.Components[0].Values["#2"], null));

        EntityChange One(EntityRecordKind kind) => changes.Single(change => change.Kind == kind);
    }

    [Fact]
    public void What_is_cut_short_is_malformed()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample.Add(store);
        foreach (Persistence.Wal.LogEntry entry in store.Store.ReadLog(Persistence.State.Lsn.None).Where(static entry => EntityChange.Is(entry.Type)))
        {
            MessagePackReader reader = new(entry.Payload.Span, MessagePackReader.LargestMaxDepth);
            int whole = reader.ReadRaw().Length;
            for (int length = 0; length < whole; length++)
                Assert.Throws<MalformedDataException>(() => EntityChange.Read(entry.Type, entry.Version, entry.Payload.Span[..length]));
        }
    }
}
