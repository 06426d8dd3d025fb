using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Entities;

public sealed class EntityStateTests
{
    [Fact]
    public void A_checkpoint_lists_the_sets_of_tables_that_entities_have_and_none_of_before()
    {
        using EntityStore store = EntityStore.Create();
        EntityId entity = store.Add();
        long before = store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full }).ItemCount;
        for (int i = 0; i < 20; i++)
        {
            store.Entities.CreateTable("passing");
            store.Change(batch => batch.Add(entity, ComponentData.Of("passing")));
            store.Entities.DropTable("passing");
        }

        Assert.Equal(before, store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full }).ItemCount);
    }

    [Fact]
    public void Entities_and_schema_come_back_from_the_log_and_from_checkpoints()
    {
        SimulatedFileSystem files = new();
        EntityId first;
        EntityId second;
        string before;
        using (EntityStore store = EntityStore.Create(files, EntityStore.Increments))
        {
            store.Entities.CreateTable("Position", new FieldDefinition("X", new FieldType(FieldKind.Float32)), new FieldDefinition("Y", new FieldType(FieldKind.Float32), 2));
            store.Entities.CreateTable("Name", new FieldDefinition("Text", new FieldType(FieldKind.String), "none"));
            store.Entities.CreateTable("Parent", new FieldDefinition("Of", new FieldType(FieldKind.Reference)));
            first = store.Add(ComponentData.Of("position", ("x", 1.5)), ComponentData.Of("name"));
            store.Store.TakeCheckpoint();
            second = store.Add(ComponentData.Of("Parent", ("Of", first)));
            store.Change(batch => batch.Change(first, ComponentData.Of("Name", ("Text", "one"))));
            before = store.Dump();
        }

        using (EntityStore again = EntityStore.Open(files, EntityStore.Increments))
        {
            Assert.Equal(before, again.Dump());
            Assert.Equal(1.5f, again.Entities.GetComponent(first, "Position")["X"]);
            Assert.Equal(2f, again.Entities.GetComponent(first, "Position")["Y"]);
            Assert.Equal(first, again.Entities.GetComponent(second, "Parent")["Of"]);
            again.Store.TakeCheckpoint();
            again.Change(batch => batch.Remove(first, "Name"));
            again.Change(batch => batch.Delete(second));
            again.Store.TakeCheckpoint();
            before = again.Dump();
        }

        using EntityStore last = EntityStore.Open(files, EntityStore.Increments);
        Assert.Equal(before, last.Dump());
        Assert.False(last.Entities.Exists(second));
        Assert.Equal(StoreError.StaleEntity, Assert.ThrowsAny<StoreException>(() => last.Entities.Get(second)).Error);
        EntityId third = last.Add();
        Assert.Equal((second.Slot, second.Generation + 1), (third.Slot, third.Generation));
        Assert.Empty(((IStateModel)last.Entities).FindViolations());
    }
}
