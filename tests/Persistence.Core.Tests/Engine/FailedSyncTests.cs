using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>After a failed sync nothing the page cache shows is believed.</summary>
public sealed class FailedSyncTests
{
    [Theory]
    [InlineData("boot-1")]
    [InlineData("")]
    public void What_only_the_page_cache_holds_is_made_durable_before_it_is_believed(string bootId)
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = TestStore.Create(TestStore.DeterministicHostFor(disk, bootId: bootId)))
        {
            store.Set("a", "1");
            disk.FailSync(new FailingSync("wal/", FlushFailure.Forgotten));
            Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(() => store.Set("b", "2")).Error);
        }

        using TestStore again = TestStore.Open(TestStore.DeterministicHostFor(disk, seed: 2, bootId: bootId));
        string recovered = again.Dump();
        Assert.Equal("a=1;b=2;", recovered);
        again.Set("c", "3");
        using TestStore afterCut = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending), bootId: "boot-9");
        Assert.Equal("a=1;b=2;c=3;", afterCut.Dump());
    }

    [Fact]
    public void A_failed_sync_of_zeros_written_ahead_is_not_followed_by_a_sync_of_frames_that_is_believed()
    {
        SimulatedFileSystem disk = new();
        disk.CreateDirectory("wal");
        using IFile file = disk.Open("wal/x", FileIntent.CreateNew);
        file.Allocate(4 << 20);
        SegmentHeader header = new() { SectorBytes = 512, SizeBytes = 4 << 20 };
        using SegmentWriter segment = new(file, header, SegmentHeader.Bytes, SegmentHeader.Bytes, SystemScheduler.Instance);
        segment.Write(new byte[512], header.FirstFrameLsn);
        disk.FailSync(new FailingSync("wal/", FlushFailure.Forgotten));
        Assert.ThrowsAny<StorageException>(segment.FillAhead);
        Assert.ThrowsAny<StorageException>(segment.SyncData);
        Assert.ThrowsAny<StorageException>(segment.SyncData);
    }

    [Theory]
    [InlineData(StorageOperationKind.Write)]
    [InlineData(StorageOperationKind.SyncData)]
    [InlineData(StorageOperationKind.Allocate)]
    [InlineData(StorageOperationKind.Open)]
    public void Failures_of_background_work_leave_a_state_that_says_so_and_lose_nothing(StorageOperationKind kind)
    {
        // Spares are prepared and markers written in the background, while commits go on.
        SimulatedFileSystem disk = new();
        bool failing = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            Volatile.Read(ref failing) && operation.Kind == kind && operation.Path.StartsWith("wal/spare-", StringComparison.Ordinal) ? new InjectedFault(StorageFault.DiskFull) : null);
        TestStore store = TestStore.Create(files, SampleStore.DropLog with { SpareSegments = 2, MarkerDelayMs = 1 });
        Volatile.Write(ref failing, true);
        for (int i = 0; i < 7; i++)
            store.Set($"k{i}", new string('x', 3000));
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().Degraded is not null, TimeSpan.FromSeconds(30)));
        Assert.Equal(StoreError.DiskFull, Assert.IsAssignableFrom<StoreException>(store.Store.GetStatus().Degraded).Error);
        Assert.Null(store.Store.GetStatus().Fault);
        Volatile.Write(ref failing, false);
        for (int i = 0; i < 30; i++)
            store.Set($"k{i}", new string('y', 3000));
        string expected = store.Dump();
        store.Store.Close();
        using TestStore again = TestStore.Open(disk, SampleStore.DropLog);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void A_failed_sync_of_names_while_segments_are_retired_is_not_followed_by_one_for_a_new_segment_that_is_believed()
    {
        ForgettingDirectories? directories = null;
        using OperationBlocker disk = new(files => directories = new ForgettingDirectories(files));
        WatchedScheduler scheduler = new();
        TestStore store = disk.Own(TestStore.Create(
            TestStore.HostFor(disk.Files) with { Scheduler = scheduler }, TestStore.SmallOptions with { CheckpointsRetained = 1 }));
        for (int i = 0; i < 4; i++)
        {
            store.Set("a", new string('x', 500));
            store.Store.RotateLog();
        }

        store.Set("a", "1");
        OperationStop retiring = disk.StopNext(IsSyncOfLogNames);
        BackgroundCall checkpoint = new("checkpoint", () => store.Store.TakeCheckpoint());
        retiring.WaitUntilReached();
        OperationStop rolling = disk.StopNext(IsSyncOfLogNames);
        store.Store.RotateLog();
        BackgroundCall commit = new("commit", () => store.Set("b", "2"));
        // The new segment has its name; whether that is durable depends on the sync under way.
        Assert.True(SpinWait.SpinUntil(() => rolling.IsReached || scheduler.IsBlocked("commit") || commit.HasEnded, BackgroundCall.Patience));
        directories!.FailingSync = directories.Syncs + 1;
        retiring.Release();
        checkpoint.WaitForEnd();
        rolling.Release();
        commit.FailedWith(StoreError.StoreFaulted);
        Assert.IsAssignableFrom<StoreException>(store.Store.GetStatus().Fault);
        using TestStore afterCut = TestStore.Open(directories.CutPower(), bootId: "boot-9");
        Assert.Equal("a=1;", afterCut.Dump());

        static bool IsSyncOfLogNames(StorageOperation operation) => operation.Kind == StorageOperationKind.SyncDirectory && operation.Path == "wal";
    }
}
