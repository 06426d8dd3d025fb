using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>The system has no thread for the engine: a limit of processes is reached, or there is no memory for a stack.</summary>
public sealed class WithoutThreadsTests
{
    private const string Flusher = "wal-flusher";
    private const string Background = "store-background";

    [Fact]
    public async Task A_commit_that_is_awaited_fails_and_does_not_turn_up_later()
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = Create(disk, new WatchedScheduler { Refused = Flusher }, TestStore.SmallOptions))
        {
            ValueTask<CommitResult> commit = CommitAsync(store, "a", "1");
            Assert.Equal(StoreError.StoreFaulted, (await Assert.ThrowsAsync<StoreException>(async () => await commit)).Error);
            Assert.IsType<InsufficientMemoryException>(store.Store.GetStatus().Fault);
            Assert.Equal("", store.Dump());
        }

        using TestStore again = TestStore.Open(disk);
        Assert.Equal("", again.Dump());
    }

    [Fact]
    public void Commits_that_wait_for_the_next_flush_are_told_and_the_one_that_was_flushed_stands()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new() { Refused = Flusher };
        TestStore store = disk.Own(Create(disk.Files, scheduler, TestStore.SmallOptions));
        OperationStop flush = disk.StopNext(static operation => operation.Kind == StorageOperationKind.SyncData);
        BackgroundCall first = new("first", () => store.Set("first", "1"));
        flush.WaitUntilReached();
        BackgroundCall second = new("second", () => store.Set("second", "2"));
        second.WaitUntilBlockedOrEnded(scheduler);
        flush.Release();
        first.Succeeded();
        second.FailedWith(StoreError.StoreFaulted);
        Assert.Equal("first=1;", store.Dump());
    }

    [Fact]
    public void A_commit_that_needs_the_flusher_to_make_room_is_told()
    {
        TestStore store = Create(new SimulatedFileSystem(), new WatchedScheduler { Refused = Flusher }, TestStore.SmallOptions with { FrameBytesMax = 4096, Durability = DurabilityMode.None });
        using TestStore owner = store;
        ValueTask<CommitResult> first = CommitAsync(store, "first", new string('x', 3000));
        Assert.True(first.IsCompletedSuccessfully);
        BackgroundCall second = new("second", () => CommitAsync(store, "second", new string('y', 3000)).AsTask().GetAwaiter().GetResult());
        second.FailedWith(StoreError.StoreFaulted);
    }

    [Fact]
    public void Work_in_the_background_is_not_done_and_the_commits_go_on()
    {
        WatchedScheduler scheduler = new() { Refused = Background };
        using TestStore store = Create(new SimulatedFileSystem(), scheduler, TestStore.SmallOptions with { MarkerDelayMs = 1 });
        store.Set("a", "1");
        store.Set("b", "2");
        Assert.IsType<InsufficientMemoryException>(store.Store.GetStatus().Degraded);
        scheduler.Refused = null;
        store.Set("c", "3");
        Assert.Null(store.Store.GetStatus().Degraded);
        Assert.Equal(1, scheduler.Running);
        Assert.Equal("a=1;b=2;c=3;", store.Dump());
    }

    private static TestStore Create(IFileSystem files, WatchedScheduler scheduler, StoreOptions options) =>
        TestStore.Create(TestStore.HostFor(files) with { Scheduler = scheduler }, options);

    private static ValueTask<CommitResult> CommitAsync(TestStore store, string key, string value)
    {
        KeyValueBatch batch = new();
        batch.Set(key, TestStore.Encode(value));
        return store.KeyValue.CommitAsync(batch);
    }
}
