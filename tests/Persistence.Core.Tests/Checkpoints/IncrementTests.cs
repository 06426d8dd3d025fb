using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Checkpoints;

public class IncrementTests
{
    private static readonly StoreOptions _options = TestStore.SmallOptions with { CheckpointIncrementFromBytes = 0 };

    [Fact]
    public void An_increment_holds_what_has_changed_and_nothing_else()
    {
        using TestStore store = TestStore.Create(options: _options with { Compress = false });
        for (int i = 0; i < 200; i++)
            store.Set($"k{i}", new string('x', 100));
        CheckpointInfo full = store.Store.TakeCheckpoint();
        store.Set("k7", "changed");
        store.Set("new", "n");
        store.KeyValue.Delete("k8");
        CheckpointInfo increment = store.Store.TakeCheckpoint();
        Assert.True(full.IsFull);
        Assert.False(increment.IsFull);
        Assert.Equal(full.Id, increment.ParentId);
        Assert.Equal(3, increment.ItemCount);
        Assert.True(increment.RawBytes < 100, $"{increment.RawBytes}");
        Assert.EndsWith(".incr", increment.Path, StringComparison.Ordinal);
        AssertLoads(store, increment.Id, items: 203);
    }

    [Fact]
    public void A_key_deleted_and_written_again_and_one_written_and_deleted_again_are_as_they_were_last()
    {
        using TestStore store = TestStore.Create(options: _options);
        store.Set("a", "1");
        store.Set("b", "1");
        store.Store.TakeCheckpoint();
        store.KeyValue.Delete("a");
        store.Set("a", "2");
        store.Set("c", "1");
        store.KeyValue.Delete("c");
        store.KeyValue.Delete("b");
        AssertLoads(store, store.Store.TakeCheckpoint().Id);
        store.Set("b", "3");
        store.KeyValue.Delete("a");
        AssertLoads(store, store.Store.TakeCheckpoint().Id);
        Assert.Equal("b=3;", store.Dump());
    }

    [Fact]
    public void A_chain_goes_on_after_reopening_deletions_in_the_log_included()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files, _options))
        {
            store.Set("a", "1");
            store.Set("b", "1");
            store.Store.TakeCheckpoint();
            store.KeyValue.Delete("a");
            store.Set("c", "1");
        }

        using TestStore again = TestStore.Open(files, _options);
        CheckpointInfo increment = again.Store.TakeCheckpoint();
        Assert.Equal(1, increment.ParentId);
        Assert.Equal(2, increment.ItemCount);
        AssertLoads(again, increment.Id);
    }

    [Fact]
    public void However_many_chains_are_to_be_kept_after_long_ones_ROOT_has_room_and_old_log_goes()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files, _options with { CheckpointIncrementsMax = 64, CheckpointsRetained = 1 }))
        {
            for (int i = 0; i < 60; i++)
                SetAndTake(store, i);
        }

        using TestStore again = TestStore.Open(files, _options with { CheckpointIncrementsMax = 0, CheckpointsRetained = 64 });
        for (int i = 0; i < 140; i++)
        {
            SetAndTake(again, i);
            RootRecord root = RootFile.Read(files).Believed!;
            Assert.InRange(root.Checkpoints.Count, 1, CheckpointChains.ListedMax);
            Assert.Equal(CheckpointChains.OldestTip(root.Checkpoints).RedoFrom, root.OldestNeededLsn);
        }

        Assert.Equal(CheckpointChains.ListedMax, again.Store.GetCheckpoints().Count);
        Assert.True(files.List("wal").Count <= CheckpointChains.ListedMax + 2);
        AssertLoads(again, again.Store.GetCheckpoints()[^1].Id);

        static void SetAndTake(TestStore store, int number)
        {
            store.Set($"k{number % 7}", new string('x', 50_000));
            store.Store.TakeCheckpoint();
        }
    }

    [Theory]
    [InlineData(StorageOperationKind.Write)]
    [InlineData(StorageOperationKind.Sync)]
    [InlineData(StorageOperationKind.Rename)]
    public void What_a_failed_checkpoint_was_to_hold_is_in_the_next(StorageOperationKind failing)
    {
        SimulatedFileSystem disk = new();
        bool fails = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == failing && operation.Path.StartsWith("staging/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.DiskFull) : null);
        using TestStore store = TestStore.Create(files, _options);
        store.Set("a", "1");
        store.Set("b", "1");
        store.Store.TakeCheckpoint();
        store.KeyValue.Delete("a");
        store.Set("b", "2");
        fails = true;
        Assert.Equal(StoreError.DiskFull, Assert.Throws<StorageException>(() => store.Store.TakeCheckpoint()).Error);
        fails = false;
        store.KeyValue.Delete("c");
        CheckpointInfo increment = store.Store.TakeCheckpoint();
        Assert.Equal(1, increment.ParentId);
        AssertLoads(disk, store, increment.Id, items: null);
    }

    [Fact]
    public void A_checkpoint_that_is_given_up_publishes_nothing_and_forgets_nothing()
    {
        using TestStore store = TestStore.Create(options: _options);
        store.Set("a", new string('x', 1 << 20));
        store.Set("b", "1");
        store.Store.TakeCheckpoint();
        store.KeyValue.Delete("b");
        store.Set("a", new string('y', 1 << 20));
        using CancellationTokenSource stop = new();
        CheckpointRequest request = new() { Stop = stop.Token, Progress = _ => stop.Cancel() };
        Assert.Throws<OperationCanceledException>(() => store.Store.TakeCheckpoint(request));
        Assert.Single(store.Store.GetCheckpoints());
        Assert.Empty(store.Files.List(AtomicFile.StagingDirectory));
        Assert.Null(store.Store.GetStatus().Degraded);
        AssertLoads(store, store.Store.TakeCheckpoint().Id);
    }

    [Fact]
    public void What_is_changed_while_a_checkpoint_is_written_is_not_in_it_and_waits_for_nobody()
    {
        SimulatedFileSystem disk = new();
        TestStore? store = null;
        int during = 0;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (store is not null && operation.Kind == StorageOperationKind.Write && operation.Path.StartsWith("staging/", StringComparison.Ordinal) && during++ < 50)
            {
                store.Set($"k{during}", "during");
                store.KeyValue.Delete($"k{during + 100}");
                store.Set($"new{during}", "during");
            }

            return null;
        });
        using TestStore made = TestStore.Create(files, _options with { Compress = false });
        for (int i = 0; i < 300; i++)
            made.Set($"k{i}", new string('x', 4000));
        string before = made.Dump();
        store = made;
        CheckpointInfo full = made.Store.TakeCheckpoint();
        store = null;
        Assert.True(during > 3);
        Assert.Equal(300, full.ItemCount);
        Assert.NotEqual(before, made.Dump());
        AssertLoads(disk, made, full.Id, items: 300);
        AssertLoads(disk, made, made.Store.TakeCheckpoint().Id, items: null);
    }

    [Fact]
    public void A_damaged_increment_is_replaced_by_what_it_builds_on_and_the_log()
    {
        SimulatedFileSystem files = new();
        string expected = MakeChains(files, out IReadOnlyList<CheckpointInfo> made);
        Assert.Equal([true, false, false, true, false], made.Select(checkpoint => checkpoint.IsFull));
        Damage(files, made[4].Path);
        using TestStore store = TestStore.Open(files, _options);
        Assert.Equal(made[3].Id, store.Store.RecoveryReport.CheckpointId);
        Assert.Equal(expected, store.Dump());
        Assert.Equal(made.Take(4).Select(checkpoint => checkpoint.Id), store.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id));
        Assert.Contains(store.Store.RecoveryReport.Quarantined, name => name.EndsWith(".incr", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_the_newest_chain_gone_the_older_one_takes_its_place(bool missing)
    {
        SimulatedFileSystem files = new();
        string expected = MakeChains(files, out IReadOnlyList<CheckpointInfo> made);
        if (missing)
            files.Delete(made[3].Path);
        else
            Damage(files, made[3].Path);
        using TestStore store = TestStore.Open(files, _options);
        Assert.Equal(made[2].Id, store.Store.RecoveryReport.CheckpointId);
        Assert.Equal(expected, store.Dump());
        CheckpointInfo next = store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        Assert.Equal(made[2].Id, next.ParentId);
        AssertLoads(files, store, next.Id, items: null);
    }

    [Fact]
    public void The_log_is_kept_from_where_the_oldest_chain_ends_and_chains_go_as_a_whole()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, _options with { CheckpointIncrementsMax = 1 });
        for (int i = 0; i < 6; i++)
        {
            store.Set($"k{i}", new string('x', 40_000));
            store.Store.RotateLog();
            store.Store.TakeCheckpoint();
        }

        IReadOnlyList<CheckpointInfo> kept = store.Store.GetCheckpoints();
        Assert.Equal([3, 4, 5, 6], kept.Select(checkpoint => checkpoint.Id));
        Assert.Equal([true, false, true, false], kept.Select(checkpoint => checkpoint.IsFull));
        Assert.Equal(4, files.List(CheckpointNames.Directory).Count);
        files.Delete(kept[2].Path);
        files.Delete(kept[3].Path);
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.KeepEverything), _options);
        Assert.Equal(4, again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Fact]
    public void Without_one_to_build_on_an_increment_that_was_asked_for_is_full()
    {
        using TestStore store = TestStore.Create(options: _options);
        store.Set("a", "1");
        Assert.True(store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental }).IsFull);
        Assert.False(store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental }).IsFull);
        Assert.True(store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full }).IsFull);
    }

    [Fact]
    public void ROOT_has_room_for_as_many_as_can_be_asked_for()
    {
        using TestStore store = TestStore.Create(options: _options with { CheckpointsRetained = 64, CheckpointIncrementsMax = 64 });
        for (int i = 0; i < 150; i++)
        {
            store.Set("a", $"{i}");
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = i % 30 == 0 ? CheckpointKind.Full : CheckpointKind.Incremental });
        }

        Assert.InRange(store.Store.GetCheckpoints().Count, 64, 80);
        AssertLoads(store, 150);
    }

    /// <summary>Sets, deletes, checkpoints of all kinds, some of which fail, and reopenings, in many orders, beside a model.</summary>
    [Fact]
    public void Whatever_the_order_the_state_is_what_was_committed()
    {
        for (ulong seed = 0; seed < 60; seed++)
            RunRandomly(new SeededRandom(seed), seed);
    }

    private static void RunRandomly(SeededRandom random, ulong seed)
    {
        SimulatedFileSystem disk = new();
        bool fails = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("staging/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.Failed) : null);
        StoreOptions options = _options with { CheckpointsRetained = 1 + Next(random, 2), CheckpointIncrementsMax = Next(random, 4) };
        TestStore store = TestStore.Create(files, options);
        for (int step = 0; step < 80; step++)
        {
            string key = $"k{Next(random, 12)}";
            switch (Next(random, 10))
            {
                case < 4:
                    store.Set(key, $"{step}");
                    break;
                case < 7:
                    store.KeyValue.Delete(key);
                    break;
                case < 9:
                    fails = Next(random, 3) == 0;
                    try
                    {
                        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = (CheckpointKind)Next(random, 3) });
                    }
                    catch (StorageException)
                    {
                    }

                    fails = false;
                    break;
                default:
                    string expected = store.Dump();
                    if (Next(random, 2) == 0)
                        store.Dispose();
                    disk = disk.CrashImage(CrashImageKind.DropPending);
                    SimulatedFileSystem now = disk;
                    files = new(now, (in StorageOperation operation) =>
                        fails && operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("staging/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.Failed) : null);
                    store = TestStore.Open(files, options);
                    Assert.True(expected == store.Dump(), $"seed {seed}, step {step}: {expected} became {store.Dump()}");
                    break;
            }
        }

        store.Dispose();
    }

    private static int Next(SeededRandom random, int count)
    {
        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        return (int)(BitConverter.ToUInt32(bytes) % (uint)count);
    }

    private static string MakeChains(SimulatedFileSystem files, out IReadOnlyList<CheckpointInfo> made)
    {
        using TestStore store = TestStore.Create(files, _options with { CheckpointIncrementsMax = 2 });
        for (int i = 0; i < 5; i++)
        {
            store.Set("same", $"{i}");
            store.Set($"k{i}", "there");
            store.KeyValue.Delete($"k{i - 2}");
            store.Store.TakeCheckpoint();
        }

        store.Set("after", "1");
        made = store.Store.GetCheckpoints();
        return store.Dump();
    }

    private static void Damage(SimulatedFileSystem files, string path)
    {
        using IFile file = files.Open(path, FileIntent.ReadWrite);
        file.Write([0xFF, 0xFF, 0xFF, 0xFF], 150);
    }

    private static void AssertLoads(TestStore store, long id, long? items = null) => AssertLoads((SimulatedFileSystem)store.Files, store, id, items);

    private static void AssertLoads(SimulatedFileSystem disk, TestStore store, long id, long? items)
    {
        using TestStore again = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending), _options);
        Assert.Equal(id, again.Store.RecoveryReport.CheckpointId);
        if (items is long expected)
            Assert.Equal(expected, again.Store.RecoveryReport.ItemsLoaded);
        Assert.Equal(store.Dump(), again.Dump());
        Assert.Equal(store.KeyValue.Count, again.KeyValue.Count);
    }
}
