using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class PersistenceStoreTests
{
    [Fact]
    public void What_was_set_is_there_after_a_clean_close()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files))
        {
            store.Set("a", "1");
            store.Set("b", "2");
            store.KeyValue.Delete("a");
            store.Store.Close();
        }

        using TestStore again = TestStore.Open(files);
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Equal("b=2;", again.Dump());
    }

    [Theory]
    [InlineData(CrashImageKind.KeepEverything)]
    [InlineData(CrashImageKind.DropPending)]
    public void What_was_acknowledged_is_there_after_a_cut(CrashImageKind kind)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        for (int i = 0; i < 300; i++)
            store.Set($"key-{i % 37}", $"value-{i}");
        string expected = store.Dump();

        SimulatedFileSystem image = files.CrashImage(kind);
        using TestStore again = TestStore.Open(image);
        Assert.False(again.Store.RecoveryReport.WasClean);
        Assert.Equal(expected, again.Dump());
        again.Set("more", "x");
        SimulatedFileSystem second = image.CrashImage(kind);
        using TestStore third = TestStore.Open(second);
        Assert.Equal("x", third.Get("more"));
        Assert.Equal(expected.Length + "more=x;".Length, third.Dump().Length);
    }

    [Fact]
    public void The_log_rolls_over_many_segments_and_checkpoints_retire_them()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        for (int round = 0; round < 6; round++)
        {
            for (int i = 0; i < 400; i++)
                store.Set($"key-{i % 50}", $"value-{round}-{i}");
            store.Store.TakeCheckpoint($"round {round}");
        }

        Assert.True(store.Store.GetStatus().Log.Rolls > 5);
        Assert.True(files.List("wal").Count < 20);
        string expected = store.Dump();
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(expected, again.Dump());
        Assert.NotNull(again.Store.RecoveryReport.CheckpointId);
    }

    [Fact]
    public void A_batch_is_one_atomic_frame_and_one_flush()
    {
        using TestStore store = TestStore.Create();
        KeyValueBatch batch = new();
        for (int i = 0; i < 100; i++)
            batch.Set($"k{i}", TestStore.Encode("v"));
        long flushes = store.Store.GetStatus().Log.Flushes;
        store.KeyValue.Commit(batch);
        Assert.Equal(flushes + 1, store.Store.GetStatus().Log.Flushes);
        Assert.Equal(100, store.KeyValue.Count);
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public async Task Many_writers_at_once_lose_nothing(DurabilityMode durability)
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { Durability = durability };
        using TestStore store = TestStore.Create(files, options);
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(writer => new Thread(() =>
        {
            for (int i = 0; i < 200; i++)
                store.Set($"w{writer}-{i % 20}", $"{i}");
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
        {
            KeyValueBatch batch = new();
            batch.Set($"async-{i}", TestStore.Encode("x"));
            return store.KeyValue.CommitAsync(batch).AsTask();
        }));
        foreach (Thread thread in threads)
            thread.Join();
        store.Store.Flush();
        string expected = store.Dump();
        Assert.Equal((8 * 20) + 200, store.KeyValue.Count);
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void A_reader_sees_the_state_while_a_writer_holds_the_store()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        using TestStore reader = TestStore.OpenReadOnly(files);
        Assert.Equal("a=1;", reader.Dump());
        Assert.Single(reader.Store.ReadLog());
        Assert.Equal(RecoveryMode.Strict, reader.Store.RecoveryReport.Mode);
    }

    [Fact]
    public void A_synchronous_append_allocates_nothing_in_steady_state()
    {
        using TestDirectory directory = new();
        StoreHost host = StoreHost.ForDirectory(directory.Path);
        using IDisposable files = (IDisposable)host.Files;
        StoreOptions options = TestStore.SmallOptions with { SegmentBytes = 1 << 20 };
        PersistenceStore.Create(host, options);
        using PersistenceStore store = PersistenceStore.Open(host, options, []);
        byte[] value = TestStore.Encode("value");
        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 100; i++)
                store.AppendRecord("type", value);
        }));
    }

    [Fact]
    public void The_state_of_an_open_store_is_not_given_to_another_nor_emptied_by_an_opening_that_fails()
    {
        SimulatedFileSystem files = new();
        SimulatedFileSystem otherFiles = new();
        TestStore.Create(otherFiles).Dispose();
        using TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        Assert.Throws<ArgumentException>(() => PersistenceStore.Open(TestStore.HostFor(files), TestStore.SmallOptions, [store.KeyValue]));
        Assert.Throws<ArgumentException>(() => PersistenceStore.Open(TestStore.HostFor(otherFiles), TestStore.SmallOptions, [store.KeyValue]));
        Assert.Throws<ArgumentException>(() => PersistenceStore.OpenReadOnly(TestStore.HostFor(otherFiles), [store.KeyValue]));
        Assert.Equal("a=1;", store.Dump());
        store.Store.TakeCheckpoint();
        store.Store.Close();
        using PersistenceStore again = PersistenceStore.Open(TestStore.HostFor(files), TestStore.SmallOptions, [store.KeyValue]);
        Assert.Equal("a=1;", store.Dump());
    }

    [Theory]
    [InlineData("boot-1")]
    [InlineData("boot-2")]
    public void A_reader_s_report_plans_what_a_writer_then_does(string bootId)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything);
        RecoveryReport plan = PersistenceStore.OpenReadOnly(TestStore.HostFor(image, bootId), [new KeyValueState()]).RecoveryReport;
        using TestStore writer = TestStore.Open(image, bootId: bootId);
        RecoveryReport done = writer.Store.RecoveryReport;
        Assert.False(plan.Applied);
        Assert.True(done.Applied);
        Assert.Equal(done.Actions.Count, plan.Actions.Count);
        Assert.Equal(done.Actions[^1], plan.Actions[^1].Replace("would begin", "began", StringComparison.Ordinal));
        Assert.Equal(bootId == "boot-1" ? 2 : 1, plan.Actions.Count);
    }
}
