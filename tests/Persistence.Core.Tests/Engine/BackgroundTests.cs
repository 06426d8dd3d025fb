using Persistence.Configuration;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>What the background does beside commits and checkpoints: segments that grow old, zeros ahead, spares.</summary>
public sealed class BackgroundTests
{
    private const string Background = "store-background";

    [Fact]
    public void A_segment_of_a_certain_age_is_followed_by_a_new_one_with_the_next_commit()
    {
        ManualClock clock = new();
        WatchedScheduler scheduler = new();
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(
            TestStore.DeterministicHostFor(files, clock: clock) with { Scheduler = scheduler }, TestStore.SmallOptions with { SegmentAgeMaxSeconds = 3600 });
        clock.Advance(TimeSpan.FromSeconds(3599));
        SetAndWaitForSilence(store, scheduler, "a");
        SetAndWaitForSilence(store, scheduler, "b");
        Assert.Equal(1, store.Store.GetStatus().ActiveSegment);
        clock.Advance(TimeSpan.FromSeconds(1));
        // The first commit after that moment wakes the background, which sees the age; the second one begins the new segment.
        SetAndWaitForSilence(store, scheduler, "c");
        Assert.Equal(1, store.Store.GetStatus().ActiveSegment);
        SetAndWaitForSilence(store, scheduler, "d");
        Assert.Equal(2, store.Store.GetStatus().ActiveSegment);
        SetAndWaitForSilence(store, scheduler, "e");
        Assert.Equal(2, store.Store.GetStatus().ActiveSegment);
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal("a=1;b=1;c=1;d=1;e=1;", again.Dump());
    }

    [Fact]
    public void Zeros_for_a_segment_that_the_log_has_left_meanwhile_are_no_fault()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = disk.Own(TestStore.Create(
            TestStore.HostFor(disk.Files) with { Scheduler = scheduler }, TestStore.SmallOptions with { SpareSegments = 1 }));
        OperationStop fill = disk.StopNext(operation =>
            operation.Kind == StorageOperationKind.Write && operation.Path == "wal/0000000001.wal" && Thread.CurrentThread.Name == Background);
        BackgroundCall first = new("first", () => store.Set("first", "1"));
        fill.WaitUntilReached();
        first.Succeeded();
        BackgroundCall large = new("large", () => store.Set("large", new string('x', 100_000)));
        large.Succeeded();
        Assert.Equal(2, store.Store.GetStatus().ActiveSegment);
        int sleeps = scheduler.SleepsOf(Background);
        fill.Release();
        Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) > sleeps, BackgroundCall.Patience));
        Assert.Null(store.Store.GetStatus().Fault);
        Assert.Null(store.Store.GetStatus().Degraded);
        store.Set("last", "1");
        using TestStore again = TestStore.Open(disk.Disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Fact]
    public void Zeros_are_written_ahead_of_frames_and_never_over_them()
    {
        SimulatedFileSystem disk = new();
        int zeros = 0;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Write && operation.Path.EndsWith(".wal", StringComparison.Ordinal) && Thread.CurrentThread.Name == Background)
                Interlocked.Increment(ref zeros);
            return null;
        });
        StoreOptions options = TestStore.SmallOptions with { SegmentBytes = 4 << 20, SpareSegments = 1 };
        using TestStore store = TestStore.Create(files, options);
        for (int i = 0; i < 60; i++)
        {
            store.Set($"k{i}", new string('x', 100_000));
            // One step each time a quarter of a segment is used up, from the moment the segment is opened.
            int wanted = 1 + (i / 20);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref zeros) >= wanted, BackgroundCall.Patience), $"{zeros} steps of zeros");
        }

        Assert.Null(store.Store.GetStatus().Degraded);
        using TestStore again = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending), options);
        Assert.Equal(store.Dump(), again.Dump());
    }

    private static void SetAndWaitForSilence(TestStore store, WatchedScheduler scheduler, string key)
    {
        int sleeps = scheduler.SleepsOf(Background);
        store.Set(key, "1");
        Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) > sleeps, BackgroundCall.Patience), "The background does not come to rest.");
    }
}
