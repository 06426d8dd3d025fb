using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Checkpoints;

/// <summary>States of many blocks: items that lie across the border of two, fill one exactly, or take several.</summary>
public sealed class LargeCheckpointTests
{
    private static readonly StoreOptions Options = TestStore.SmallOptions with { SegmentBytes = 1 << 20 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_state_of_many_blocks_is_loaded_as_it_was(bool compress)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options with { Compress = compress });
        foreach (int bytes in (int[])[0, 1, 100, 70_000, BlockEncoder.RawBytes - 40, BlockEncoder.RawBytes, BlockEncoder.RawBytes + 1, (3 * BlockEncoder.RawBytes) + 7])
            store.Set($"k{bytes:D8}", Text(bytes));
        for (int i = 0; i < 500; i++)
            store.Set($"small{i}", Text(i * 7));
        CheckpointInfo info = store.Store.TakeCheckpoint();
        Assert.Equal(508, info.ItemCount);
        Assert.True(info.RawBytes > 7 * BlockEncoder.RawBytes);
        Assert.Equal(compress, info.FileBytes < info.RawBytes);
        AssertLoads(files, store);
    }

    [Fact]
    public void An_item_that_ends_where_a_block_ends_is_loaded_whatever_is_next()
    {
        // One item of every length around a block's, so that one of them ends with the block.
        for (int bytes = BlockEncoder.RawBytes - 40; bytes < BlockEncoder.RawBytes + 4; bytes++)
        {
            SimulatedFileSystem files = new();
            using TestStore store = TestStore.Create(files, Options with { Compress = false });
            store.Set("k", new string('x', bytes));
            store.Set("l", "last");
            store.Store.TakeCheckpoint();
            AssertLoads(files, store);
        }
    }

    [Fact]
    public void A_checkpoint_is_synced_as_it_grows_and_a_cut_in_it_leaves_the_one_before()
    {
        SimulatedFileSystem disk = new();
        int syncs = 0;
        List<SimulatedFileSystem> images = [];
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Path.StartsWith("staging/", StringComparison.Ordinal) && operation.Kind == StorageOperationKind.SyncData)
            {
                syncs++;
                images.Add(disk.CrashImage(CrashImageKind.DropPending));
                images.Add(disk.CrashImage(CrashImageKind.KeepEverything));
            }

            return null;
        });
        using TestStore store = TestStore.Create(files, Options with { Compress = false });
        for (int i = 0; i < 10; i++)
            store.Set($"k{i}", Text(1 << 20));
        store.Store.TakeCheckpoint();
        Assert.Equal(10, syncs);
        string expected = store.Dump();
        foreach (SimulatedFileSystem image in images)
        {
            using TestStore again = TestStore.Open(image, Options);
            Assert.Equal(expected, again.Dump());
            Assert.Null(again.Store.RecoveryReport.CheckpointId);
            Assert.Empty(image.List(AtomicFile.StagingDirectory));
        }
    }

    private static void AssertLoads(SimulatedFileSystem files, TestStore store)
    {
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal(1, again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(store.KeyValue.Count, again.Store.RecoveryReport.ItemsLoaded);
        Assert.Equal(store.Dump(), again.Dump());
    }

    private static string Text(int length) => string.Create(length, length, static (span, seed) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = (char)('a' + ((seed + (i / 3)) % 26));
    });
}
