using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Storage;
using Persistence.Storage.Disk;
using Persistence.Storage.Simulated;
using Persistence.Tests.Storage.Disk;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A full disk: other changes are refused, deletes and checkpoints go on out of the reserve, and the store comes back by itself (Wal/FORMAT.md §8).</summary>
public sealed class FullDiskTests
{
    private const string Background = "store-background";
    private const int Segment = 64 << 10;
    private const int Reserve = 128 << 10;
    private const int ValueLength = 3000;

    private static readonly StoreOptions Options = TestStore.SmallOptions with { SegmentBytes = Segment, ReserveBallastBytes = Reserve, CheckpointsRetained = 1, Compress = false };

    [Fact]
    public void Deletes_go_on_and_a_checkpoint_gives_back_the_space_and_the_reserve()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options);
        Fill(files, store, count: 60, keys: 12);
        FillSegment(store);
        Assert.NotNull(store.Store.GetStatus().FullSince);
        for (int i = 0; i < 5; i++)
            store.KeyValue.Delete($"k{i}");
        RequireFull(store);
        Assert.Equal(Reserve - (Reserve / 4), BallastBytes(files));

        store.Store.TakeCheckpoint();
        Assert.Equal(Reserve, BallastBytes(files));
        store.Set("again", new string('y', ValueLength));
        Assert.Null(store.Store.GetStatus().FullSince);
        Assert.Null(store.Store.GetStatus().Degraded);
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Fact]
    public void Without_a_reserve_deletes_are_refused_too()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options with { ReserveBallastBytes = 0 });
        Fill(files, store);
        FillSegment(store);
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => DeleteAll(store)).Error);
        Assert.Null(BallastBytes(files));
    }

    [Fact]
    public void A_commit_that_also_writes_is_no_removal()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options);
        Fill(files, store);
        FillSegment(store);
        KeyValueBatch mixed = new();
        mixed.Delete("k0");
        mixed.Set("k1", TestStore.Encode(new string('z', ValueLength)));
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.KeyValue.Commit(mixed)).Error);
        Assert.NotNull(store.Get("k0"));
        KeyValueBatch deletes = new();
        deletes.Delete("k0");
        deletes.Delete("k1");
        store.KeyValue.Commit(deletes);
        Assert.Null(store.Get("k0"));
    }

    [Fact]
    public void A_small_write_does_not_slip_into_the_segment_held_for_deletes()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options);
        Fill(files, store);
        FillSegment(store);
        store.KeyValue.Delete("k0");
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Set("a", "b")).Error);
        files.CapacityBytes += 1 << 20;
        store.Set("a", "b");
        Assert.Equal(Reserve, BallastBytes(files));
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Fact]
    public void Deletes_leave_the_checkpoint_its_share_however_many_there_are()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options);
        Fill(files, store, count: 400, length: 900, keys: 60);
        FillSegment(store);
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => DeleteAndRewrite(store, rounds: 400)).Error);
        Assert.Equal(Reserve - (Reserve / 4), BallastBytes(files));
        store.Store.TakeCheckpoint();
        store.KeyValue.Delete("k59");
        store.Set("again", "1");
    }

    [Fact]
    public void Who_needs_more_than_is_held_is_told_how_many_bytes_are_missing()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options);
        Fill(files, store, count: 200);
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Store.TakeCheckpoint());
        Assert.Equal(StoreError.DiskFull, refused.Error);
        Assert.Matches("needs 6[0-9]{5} bytes; 1[0-9]{5} were to be had, .*: [0-9]{6} bytes are missing", refused.Message);
        Assert.Empty(files.List("staging"));
        Assert.Equal(Reserve, BallastBytes(files));
        long missing = long.Parse(System.Text.RegularExpressions.Regex.Match(refused.Message, ": ([0-9]+) bytes are missing").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        files.CapacityBytes += missing + 4096;
        store.Store.TakeCheckpoint();
        store.Set("again", "1");
        Assert.Equal(Reserve, BallastBytes(files));
    }

    [Fact]
    public void A_store_killed_on_a_full_disk_opens_deletes_and_comes_back()
    {
        SimulatedFileSystem files = new();
        TestStore first = TestStore.Create(files, Options);
        Fill(files, first, count: 50, keys: 4);
        FillSegment(first);
        string expected = first.Dump();
        SimulatedFileSystem killed = files.CrashImage(CrashImageKind.KeepEverything);
        first.Dispose();
        Assert.Equal(0, killed.GetFreeBytes());

        using TestStore store = TestStore.Open(killed, Options, bootId: "boot-2");
        Assert.Equal(expected, store.Dump());
        Assert.NotNull(store.Store.GetStatus().FullSince);
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Set("a", "b")).Error);
        store.KeyValue.Delete("k0");
        store.Store.TakeCheckpoint();
        store.Set("a", "b");
        Assert.Equal(Reserve, BallastBytes(killed));
        using TestStore again = TestStore.Open(killed.CrashImage(CrashImageKind.DropPending), Options, bootId: "boot-3");
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Fact]
    public void In_the_same_boot_recovery_s_copy_takes_its_space_from_the_reserve()
    {
        SimulatedFileSystem files = new();
        TestStore first = TestStore.Create(files, Options);
        Fill(files, first);
        string expected = first.Dump();
        SimulatedFileSystem killed = files.CrashImage(CrashImageKind.KeepEverything);
        first.Dispose();
        using TestStore store = TestStore.Open(killed, Options);
        Assert.Equal(expected, store.Dump());
        store.KeyValue.Delete("k0");
        using TestStore again = TestStore.Open(killed.CrashImage(CrashImageKind.DropPending), Options, bootId: "boot-2");
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Fact]
    public void After_a_clean_close_the_segment_held_for_deletes_still_takes_nothing_else()
    {
        SimulatedFileSystem files = new();
        TestStore first = TestStore.Create(files, Options);
        Fill(files, first);
        FillSegment(first);
        first.KeyValue.Delete("k0");
        first.Store.Close();
        using TestStore store = TestStore.Open(files, Options);
        Assert.True(store.Store.RecoveryReport.WasClean);
        Assert.NotNull(store.Store.GetStatus().FullSince);
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Set("a", "b")).Error);
        store.KeyValue.Delete("k1");
        files.CapacityBytes += 1 << 20;
        store.Set("a", "b");
        Assert.Null(store.Store.GetStatus().FullSince);
    }

    [Fact]
    public void A_transaction_that_deletes_an_item_and_a_file_is_carried_out()
    {
        SimulatedFileSystem disk = new();
        KeyValueState items = new();
        FileState content = new();
        StoreHost host = TestStore.HostFor(disk);
        PersistenceStore.Create(host, Options);
        using PersistenceStore store = PersistenceStore.Open(host, Options, [items, content]);
        using (Transaction transaction = store.BeginTransaction())
        {
            content.In(transaction).Write("a.txt", new byte[100]);
            items.In(transaction).Set("a", TestStore.Encode("1"));
            transaction.Commit();
        }

        disk.CapacityBytes = Used(disk);
        for (int i = 0; ; i++)
        {
            try
            {
                items.Set($"k{i}", TestStore.Encode(new string('x', 500)));
            }
            catch (StoreException e) when (e.Error == StoreError.DiskFull)
            {
                break;
            }
        }

        using (Transaction transaction = store.BeginTransaction())
        {
            content.In(transaction).Delete("a.txt");
            items.In(transaction).Delete("a");
            transaction.Commit();
        }

        Assert.Null(items.Find("a"));
        Assert.Null(content.Find("a.txt"));
        Assert.Empty(disk.List("files"));
    }

    [Fact]
    public void The_background_finds_that_there_is_space_again()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options with { MarkerDelayMs = 1 });
        Fill(files, store);
        StoreException degraded = Assert.IsType<StoreException>(store.Store.GetStatus().Degraded);
        Assert.Equal(StoreError.DiskFull, degraded.Error);
        Assert.Contains("The disk is full since", degraded.Message, StringComparison.Ordinal);
        files.CapacityBytes = long.MaxValue;
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus() is { FullSince: null, Degraded: null }, BackgroundCall.Patience));
    }

    [Fact]
    public void However_long_the_disk_was_full_the_background_looks_for_space_every_few_seconds()
    {
        SimulatedFileSystem disk = new();
        int looks = 0;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Open && Thread.CurrentThread.Name == Background)
                Interlocked.Increment(ref looks);
            return null;
        });
        ManualClock clock = new();
        WatchedScheduler scheduler = new();
        using TestStore store = TestStore.Create(TestStore.HostFor(files) with { Clock = clock, Scheduler = scheduler }, Options with { MarkerDelayMs = 1 });
        Fill(disk, store);
        for (int i = 0; i < 8; i++)
        {
            // What it tried has failed, and the time of that was noted.
            int pauses = scheduler.PausesOf(Background);
            Assert.True(SpinWait.SpinUntil(() => scheduler.PausesOf(Background) > pauses, BackgroundCall.Patience));
            int before = Volatile.Read(ref looks);
            clock.Advance(TimeSpan.FromSeconds(5));
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref looks) > before, BackgroundCall.Patience));
        }
    }

    [Fact]
    public void On_a_full_disk_checkpoints_come_by_themselves_where_they_do_at_all()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options with { MarkerDelayMs = 1, CheckpointsRetained = 2, CheckpointLogBytes = 1 << 30 });
        Fill(files, store, count: 100, keys: 4);
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus() is { FullSince: null, LastCheckpointId: 2 }, BackgroundCall.Patience));
        store.Set("again", "1");
    }

    [Fact]
    public void Health_says_since_when_the_disk_is_full_and_what_goes_on()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options);
        Fill(files, store);
        HealthProbe space = store.Store.CheckHealth().Probes.Single(probe => probe.Name == HealthProbes.Space);
        Assert.Equal(HealthStatus.Unhealthy, space.Status);
        Assert.Contains("full since", space.Message, StringComparison.Ordinal);
        Assert.Contains("take a checkpoint", space.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_too_small_for_the_reserve_is_written_to_until_it_is_full()
    {
        SimulatedFileSystem files = new(capacityBytes: Segment * 3);
        using TestStore store = TestStore.Create(files, Options);
        Assert.Equal(StoreError.DiskFull, Assert.IsAssignableFrom<StoreException>(store.Store.GetStatus().Degraded).Error);
        Assert.Null(store.Store.GetStatus().FullSince);
        Assert.InRange(Fill(files, store, count: 0), 10, 40);
        Assert.Null(BallastBytes(files));
        files.CapacityBytes += Segment;
        store.Set("again", "1");
    }

    [Fact]
    public void The_reserve_is_as_large_as_is_asked_for_at_each_opening()
    {
        SimulatedFileSystem files = new();
        TestStore.Create(files, Options).Dispose();
        Assert.Equal(Reserve, BallastBytes(files));
        TestStore.Open(files, Options with { ReserveBallastBytes = 2 * Reserve }).Dispose();
        Assert.Equal(2 * Reserve, BallastBytes(files));
        TestStore.Open(files, Options with { ReserveBallastBytes = 64 << 10 }).Dispose();
        Assert.Equal(64 << 10, BallastBytes(files));
        TestStore.Open(files, Options with { ReserveBallastBytes = 0 }).Dispose();
        Assert.Null(BallastBytes(files));
    }

    [Theory]
    [InlineData(StorageOperationKind.Open)]
    [InlineData(StorageOperationKind.Allocate)]
    [InlineData(StorageOperationKind.Rename)]
    [InlineData(StorageOperationKind.Sync)]
    public void A_reserve_that_cannot_be_made_refuses_nobody(StorageOperationKind kind)
    {
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            operation.Kind == kind && operation.Path.EndsWith("/ballast", StringComparison.Ordinal) ? new InjectedFault(StorageFault.Failed) : null);
        using TestStore store = TestStore.Create(files, Options);
        store.Set("a", "1");
        Assert.NotNull(store.Store.GetStatus().Degraded);
        Assert.Null(BallastBytes(disk));
        Assert.Empty(disk.List("staging"));
    }

    [Fact]
    public void A_reserve_somebody_deleted_is_made_anew_and_refuses_nobody()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options);
        int written = Fill(files, store);
        FillSegment(store);
        store.KeyValue.Delete("k0");
        files.Delete(SpaceReserve.Path);
        files.CapacityBytes += 1 << 20;
        store.Set("again", "1");
        Assert.Null(store.Store.GetStatus().Fault);
        store.Store.Close();
        using TestStore again = TestStore.Open(files, Options);
        Assert.Equal(Reserve, BallastBytes(files));
        Assert.Equal(written - 1, again.KeyValue.FindByPrefix("k").Count);
    }

    [Fact]
    public void On_a_real_small_disk_it_is_the_same()
    {
        using TestDirectory directory = new();
        using Mount mount = Mount.Small(directory.Path, "1m");
        using DiskFileSystem files = DiskFileSystem.Open(directory.Path);
        using TestStore store = TestStore.Create(files, Options);
        FillSegment(store);
        Assert.NotNull(store.Store.GetStatus().FullSince);
        store.KeyValue.Delete("filler");
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Set("a", "b")).Error);
        store.Store.TakeCheckpoint();
        store.Set("a", "b");
        Assert.Null(store.Store.GetStatus().FullSince);
        Assert.Equal(Reserve, files.TryGetLength(SpaceReserve.Path));
        store.Store.Close();
        using TestStore again = TestStore.Open(files, Options);
        Assert.Equal("a=b;", again.Dump());
    }

    /// <summary>Takes all free space away once the reserve is made, and writes until nothing more is taken.</summary>
    private static int Fill(SimulatedFileSystem files, TestStore store, int count = 12, int length = ValueLength, int keys = int.MaxValue)
    {
        for (int i = 0; i < count; i++)
            store.Set($"k{i % keys}", new string('x', length));
        files.CapacityBytes = Math.Min(files.CapacityBytes, Used(files));
        for (int i = count; ; i++)
        {
            try
            {
                store.Set($"k{i % keys}", new string('x', length));
            }
            catch (StoreException e)
            {
                Assert.Equal(StoreError.DiskFull, e.Error);
                return i;
            }
        }
    }

    /// <summary>Writes ever smaller values, until a delete finds no room either.</summary>
    private static void FillSegment(TestStore store)
    {
        for (int length = 1500; length > 0; length /= 2)
        {
            try
            {
                store.Set("filler", new string('f', length));
                length *= 2;
            }
            catch (StoreException e)
            {
                Assert.Equal(StoreError.DiskFull, e.Error);
            }
        }
    }

    private static void DeleteAll(TestStore store)
    {
        foreach (KeyValueItem item in store.KeyValue.FindByPrefix().ToArray())
            store.KeyValue.Delete(item.Key);
    }

    /// <summary>Deletes as much as it takes: each delete has a frame of its own.</summary>
    private static void DeleteAndRewrite(TestStore store, int rounds)
    {
        for (int i = 0; i < rounds; i++)
            store.KeyValue.Delete($"k{i}");
        throw new InvalidOperationException("There was always room.");
    }

    private static void RequireFull(TestStore store)
    {
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Set("one more", new string('x', ValueLength)));
        Assert.Equal(StoreError.DiskFull, refused.Error);
        Assert.Contains("deleting and checkpoints go on", refused.Message, StringComparison.Ordinal);
    }

    private static long? BallastBytes(SimulatedFileSystem files) => files.TryGetLength(SpaceReserve.Path);

    private static long Used(SimulatedFileSystem files) => files.CapacityBytes - files.GetFreeBytes();
}
