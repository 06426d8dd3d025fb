using Persistence.Checkpoints;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Entities.Checkpoints;
using Xunit;

namespace Persistence.Tests.Entities.Registry;

/// <summary>Slots below others that nobody has had: their ids were given out and never committed, or a damaged file says so.</summary>
public sealed class SparseSlotTests
{
    private const int Given = 5000;

    /// <summary>One slot may be as high as it likes: what is below it neither takes memory nor is gone through.</summary>
    [Fact]
    public void Slots_that_nobody_has_had_are_passed_over()
    {
        EntityRegistry registry = new();
        registry.Put(2, 1, Archetypes.Empty, commit: 0, keepsOlder: false);
        registry.Put(EntityId.SlotMax, 1, Archetypes.Empty, commit: 0, keepsOlder: false);
        Assert.Equal((0, 1 << 30), (registry.NextHad(0), registry.Slots));
        Assert.Equal(EntityId.SlotMax, Math.Max(registry.NextHad(2000), EntityId.SlotMax));
        Assert.InRange(registry.NextHad(2000), EntityId.SlotMax - 2000, EntityId.SlotMax);
        Assert.Equal(registry.Slots, registry.NextHad(registry.Slots));
        long before = GC.GetAllocatedBytesForCurrentThread();
        EntityIds ids = new(registry);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.True(ids.WasGiven(EntityId.SlotMax));
        HashSet<EntityId> next = [.. Enumerable.Range(0, Given).Select(_ => ids.Next())];
        Assert.Equal(Given, next.Count);
        Assert.DoesNotContain(new EntityId(2, 1), next);
        Assert.DoesNotContain(new EntityId(EntityId.SlotMax, 1), next);
    }

    [Fact]
    public void A_damaged_file_that_has_an_entity_of_the_highest_slot_is_read_in_no_time()
    {
        EntityState state = new();
        EntityData data = new();
        data.Registry.Put(EntityId.SlotMax, 1, Archetypes.Empty, commit: 0, keepsOlder: false);
        Assert.Empty(EntityInvariants.FindViolations(data));
        using Snapshot snapshot = new SnapshotHorizon(Lsn.Max).Open();
        EntityScan scan = new(data, snapshot.Lsn, EntitySelection.All);
        List<Entity> found = [];
        int pieces = 1;
        while (scan.ReadNext(found))
            pieces++;
        Assert.Equal(new EntityId(EntityId.SlotMax, 1), Assert.Single(found).Id);
        Assert.InRange(pieces, 1, 10);
        EntityCapture capture = new(state, data, new SnapshotHorizon(Lsn.Max).Open(), Lsn.None);
        Persistence.Serialization.GrowableBuffer item = new(1 << 20);
        int items = 0;
        for (; capture.TryWriteNext(item); items++)
            item.Reset();
        capture.End(published: true);
        // The head, the archetype, the slots next to the highest.
        Assert.Equal(3, items);
        Assert.Equal(capture.Count, capture.Done);
    }

    [Fact]
    public void Ids_that_were_given_out_and_not_committed_are_given_out_after_the_next_opening()
    {
        SimulatedFileSystem files = new();
        EntityId far;
        string before;
        using (EntityStore store = EntityStore.Create(files, EntityStore.Increments))
        {
            EntityBatch batch = store.Entities.CreateBatch();
            for (int i = 0; i < Given; i++)
                batch.Create();
            batch.Clear();
            far = store.Add();
            Assert.Equal(Given - 1, far.Slot);
            Assert.Equal(3, EntityLoaderTests.ItemsOf(store, Lsn.None).Length);
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
            before = store.Dump();
        }

        using EntityStore again = EntityStore.Open(files, EntityStore.Increments);
        Assert.Equal(before, again.Dump());
        HashSet<EntityId> all = [far];
        for (int i = 1; i < Given; i++)
            Assert.True(all.Add(again.Add()));
        Assert.Equal(Given - 1, all.Max(static id => id.Slot));
        Assert.Equal(Given, again.Add().Slot);
        again.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        before = again.Dump();
        again.Dispose();
        using EntityStore last = EntityStore.Open(files, EntityStore.Increments);
        Assert.Equal(before, last.Dump());
    }
}
