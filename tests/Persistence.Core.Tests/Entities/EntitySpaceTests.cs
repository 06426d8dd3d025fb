using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>Entities on a full disk: what adds something is refused and nothing is lost; what takes something away goes on, and a checkpoint gives the space back.</summary>
public sealed class EntitySpaceTests
{
    private static readonly StoreOptions s_options = TestStore.SmallOptions with { ReserveBallastBytes = 128 << 10, CheckpointsRetained = 1, Compress = false };
    private static readonly string s_text = new('x', 3000);

    private static readonly Action<EntityStore, EntitySample>[] s_removals =
    [
        static (store, sample) => store.Change(batch => batch.Remove(sample.First, "Position")),
        static (store, sample) => store.Change(batch => batch.Delete(sample.Third)),
        static (store, _) => store.Entities.DropField("Everything", "String[]"),
        static (store, _) => store.Entities.DropTable("Tag"),
    ];

    [Fact]
    public void What_adds_is_refused_and_removals_go_on_until_a_checkpoint_gives_the_space_back()
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, s_options);
        EntitySample sample = EntitySample.Add(store);
        files.CapacityBytes = files.CapacityBytes - files.GetFreeBytes() + (600 << 10);
        int written = 0;
        StoreException? full = null;
        while (full is null)
        {
            full = Record.Exception(() => Write(store, sample)) as StoreException;
            written += full is null ? 1 : 0;
        }

        Assert.Equal(StoreError.DiskFull, full.Error);
        Assert.True(written > 10);
        foreach (Action<EntityStore, EntitySample> removal in s_removals)
        {
            Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => Write(store, sample)).Error);
            Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Add(ComponentData.Of("Everything", ("String", s_text)))).Error);
            Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Entities.AddField("Everything", new FieldDefinition("More", new FieldType(FieldKind.String), s_text))).Error);
            removal(store, sample);
        }

        using (EntityStore killed = EntityStore.Open(files.CrashImage(CrashImageKind.KeepEverything), s_options))
            Assert.Equal(store.Dump(), killed.Dump());
        store.Store.TakeCheckpoint();
        Write(store, sample);
        EntityId added = store.Add();
        Assert.Null(store.Store.GetStatus().FullSince);
        using EntityStore again = EntityStore.Open(files.CrashImage(CrashImageKind.DropPending), s_options);
        Assert.Equal(store.Dump(), again.Dump());
        Assert.True(again.Entities.Exists(added));
    }

    /// <summary>As floats of 9 bytes each it would be more than an item of a checkpoint takes.</summary>
    [Fact]
    public void A_large_array_that_was_widened_goes_into_a_checkpoint()
    {
        const int Length = 15_000_000;
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files, s_options with { SegmentBytes = 64 << 20 });
        store.Entities.CreateTable("Wave", new FieldDefinition("Samples", new FieldType(FieldKind.Int8, IsArray: true)));
        EntityId entity = store.Add(ComponentData.Of("Wave", ("Samples", Enumerable.Range(0, Length).Select(static i => (sbyte)(i % 100)).ToArray())));
        store.Entities.WidenField("Wave", "Samples", new FieldType(FieldKind.Float64, IsArray: true));
        store.Store.TakeCheckpoint();
        using EntityStore again = EntityStore.Open(files.CrashImage(CrashImageKind.DropPending), s_options);
        double[] samples = Assert.IsType<double[]>(again.Entities.FindComponent(entity, "Wave")!["Samples"]);
        Assert.Equal((Length, 99d), (samples.Length, samples[99]));
    }

    private static void Write(EntityStore store, EntitySample sample) => store.Change(batch => batch.Change(sample.Second, ComponentData.Of("Everything", ("String", s_text))));
}
