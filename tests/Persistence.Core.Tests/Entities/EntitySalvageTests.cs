using Persistence.Configuration;
using Persistence.Entities;
using Persistence.Repair;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Repair;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>What is left of entities when a part of their log is damaged.</summary>
public sealed class EntitySalvageTests
{
    private static readonly StoreOptions s_options = EntityStore.Increments with { LogRetainBytes = long.MaxValue };

    [Fact]
    public void What_belongs_to_an_entity_whose_creation_is_lost_is_left_out_and_the_rest_is_there()
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, s_options);
        (EntityId kept, EntityId gone, CommitPlace lost) = AddPlaces(store);
        store.Change(batch => batch.Change(gone, ComponentData.Of("Place", ("X", 5))));
        store.Change(batch => batch.Remove(gone, "Place"));
        store.Change(batch => batch.Change(kept, ComponentData.Of("Place", ("X", 6))));
        EntityId later = store.Add(ComponentData.Of("Place"));
        (SimulatedFileSystem salvaged, RepairReport report) = Salvage(store, lost);
        Assert.Equal(3, report.LeftOut.Count);
        using EntityStore found = EntityStore.Open(salvaged, s_options);
        Assert.Empty(((IStateModel)found.Entities).FindViolations());
        Assert.Equal([kept, later], found.Entities.Query().Select(static entity => entity.Id).Order());
        Assert.Equal(6, found.Entities.GetComponent(kept, "Place")["X"]);
    }

    /// <summary>With a record of an entity that is lost nothing else is left out: neither what is committed with it, nor a change of the schema that follows, nor what needs that.</summary>
    [Fact]
    public void Beside_and_behind_a_record_that_is_left_out_everything_is_there()
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, s_options);
        (EntityId kept, EntityId gone, CommitPlace lost) = AddPlaces(store);
        EntityId created = default;
        store.Change(batch =>
        {
            batch.Change(gone, ComponentData.Of("Place", ("X", 5)));
            batch.Change(kept, ComponentData.Of("Place", ("X", 6)));
            created = batch.Create();
        });
        store.Entities.AddField("Place", new FieldDefinition("Y", new FieldType(FieldKind.Int32), 7));
        store.Change(batch => batch.Add(created, ComponentData.Of("Place", ("Y", 8))));
        (SimulatedFileSystem salvaged, RepairReport report) = Salvage(store, lost);
        Assert.Equal(2, report.LeftOut.Count);
        using EntityStore found = EntityStore.Open(salvaged, s_options);
        Assert.Equal([kept, created], found.Entities.Query().Select(static entity => entity.Id).Order());
        Component component = found.Entities.GetComponent(kept, "Place");
        Assert.Equal((6, 7), (component["X"], component["Y"]));
        Assert.Equal(8, found.Entities.GetComponent(created, "Place")["Y"]);
    }

    /// <summary>Also when the commit takes several frames.</summary>
    [Fact]
    public void Of_a_large_commit_only_the_record_that_cannot_be_applied_is_left_out()
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, s_options with { FrameBytesMax = 8 << 10 });
        (EntityId kept, EntityId gone, CommitPlace lost) = AddPlaces(store, new FieldDefinition("Note", new FieldType(FieldKind.String)));
        store.Change(batch =>
        {
            for (int i = 0; i < 30; i++)
                batch.Create(ComponentData.Of("Place", ("Note", new string('x', 900))));
            batch.Change(gone, ComponentData.Of("Place", ("X", 5)));
            batch.Change(kept, ComponentData.Of("Place", ("X", 6)));
            batch.Create();
        });
        (SimulatedFileSystem salvaged, RepairReport report) = Salvage(store, lost);
        Assert.Equal(2, report.LeftOut.Count);
        Assert.Contains($"{gone}", report.LeftOut[1], StringComparison.Ordinal);
        using EntityStore found = EntityStore.Open(salvaged, s_options);
        Assert.Equal(32, found.Entities.Count);
        Assert.Equal(6, found.Entities.GetComponent(kept, "Place")["X"]);
    }

    /// <summary>A value that the field as it is known cannot hold: the record is left out whole, not up to that value.</summary>
    [Fact]
    public void A_record_that_needs_a_change_of_the_schema_which_is_lost_changes_nothing()
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, s_options);
        store.Entities.CreateTable("Place", new FieldDefinition("A", new FieldType(FieldKind.Int32)), new FieldDefinition("X", new FieldType(FieldKind.Int8)));
        EntityId entity = store.Add(ComponentData.Of("Place", ("A", 1), ("X", 1)));
        Lsn before = store.Store.Horizon.Visible;
        store.Entities.WidenField("Place", "X", new FieldType(FieldKind.Int32));
        Lsn lost = store.Store.ReadLog(before + 1).First().Lsn;
        store.Change(batch => batch.Change(entity, ComponentData.Of("Place", ("A", 2), ("X", 1000))));
        store.Add(ComponentData.Of("Place", ("A", 3), ("X", 2000)));
        EntityId last = store.Add(ComponentData.Of("Place", ("A", 4), ("X", 4)));
        (SimulatedFileSystem salvaged, RepairReport report) = Salvage(store, new CommitPlace(new CommitResult(lost, lost, 0)));
        Assert.Equal(3, report.LeftOut.Count);
        using EntityStore found = EntityStore.Open(salvaged, s_options);
        Assert.Empty(((IStateModel)found.Entities).FindViolations());
        Assert.Equal((1, (sbyte)1), (found.Entities.GetComponent(entity, "Place")["A"], found.Entities.GetComponent(entity, "Place")["X"]));
        Assert.Equal([entity, last], found.Entities.Query().Select(static one => one.Id).Order());
    }

    /// <summary>Two entities with a place, and the commit of the second, which is to be lost.</summary>
    private static (EntityId Kept, EntityId Gone, CommitPlace Lost) AddPlaces(EntityStore store, params FieldDefinition[] more)
    {
        store.Entities.CreateTable("Place", [new FieldDefinition("X", new FieldType(FieldKind.Int32)), .. more]);
        EntityId kept = store.Add(ComponentData.Of("Place", ("X", 1)));
        EntityId gone = default;
        CommitPlace lost = new(store.Change(batch => gone = batch.Create(ComponentData.Of("Place", ("X", 2)))));
        return (kept, gone, lost);
    }

    private static (SimulatedFileSystem Disk, RepairReport Report) Salvage(EntityStore store, CommitPlace lost)
    {
        StoreImage damaged = StoreImage.Of(store.Files);
        lost.Damage(damaged);
        SimulatedFileSystem salvaged = new();
        RepairReport report = StoreRepair.Run(
            TestStore.HostFor(damaged.ToFiles()),
            new RepairRequest { Mode = RepairMode.Salvage, Models = static () => [new EntityState()], Destination = TestStore.HostFor(salvaged), Options = s_options });
        return (salvaged, report);
    }
}
