using Persistence.Configuration;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>The marker that tells readers, after a while without commits, how far the log is durable: it comes after every last flush, however late.</summary>
public sealed class MarkerTests
{
    private const string Background = "store-background";
    private static readonly StoreOptions Options = TestStore.SmallOptions with { MarkerDelayMs = 25 };

    [Fact]
    public void It_is_written_after_the_flush_of_a_batch_that_comes_long_after_silence_fell()
    {
        ManualClock clock = new();
        WatchedScheduler scheduler = new();
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(
            TestStore.DeterministicHostFor(disk.Files, clock: clock) with { Scheduler = scheduler },
            Options with { Durability = DurabilityMode.Batch, FlushIntervalMs = 10_000 }));
        Lsn end = store.Set("a", "1").End;
        WaitForQuietRounds(scheduler);
        Assert.True(store.Store.DurableLsn < end);
        clock.Advance(TimeSpan.FromSeconds(10));
        AssertMarkerComes(disk, store, end);
    }

    [Fact]
    public void It_is_written_after_a_barrier_in_a_store_that_flushes_only_then()
    {
        WatchedScheduler scheduler = new();
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(
            TestStore.HostFor(disk.Files) with { Scheduler = scheduler }, Options with { Durability = DurabilityMode.None }));
        Lsn end = store.Set("a", "1").End;
        WaitForQuietRounds(scheduler);
        store.Store.Flush();
        AssertMarkerComes(disk, store, end);
    }

    [Fact]
    public async Task It_is_written_after_the_slow_flush_of_an_awaited_commit()
    {
        WatchedScheduler scheduler = new();
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(TestStore.HostFor(disk.Files) with { Scheduler = scheduler }, Options));
        OperationStop flush = disk.StopNext(operation => operation.Kind == StorageOperationKind.SyncData && operation.Path.EndsWith(".wal", StringComparison.Ordinal));
        KeyValueBatch batch = new();
        batch.Set("a", TestStore.Encode("1"));
        ValueTask<CommitResult> commit = store.KeyValue.CommitAsync(batch);
        flush.WaitUntilReached();
        WaitForQuietRounds(scheduler);
        flush.Release();
        Lsn end = (await commit).End;
        AssertMarkerComes(disk, store, end);
    }

    /// <summary>The background has seen that nothing more is committed: it sleeps until it is woken, or looks again and again.</summary>
    private static void WaitForQuietRounds(WatchedScheduler scheduler) => Assert.True(
        SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) > 0 || scheduler.PausesOf(Background) > 10, BackgroundCall.Patience),
        "The background does not notice the silence.");

    private static void AssertMarkerComes(OperationBlocker disk, TestStore store, Lsn end) => Assert.True(
        SpinWait.SpinUntil(() => store.Store.DurableLsn >= end && ProvenTo(disk) >= end, BackgroundCall.Patience),
        $"Nothing on the disk says that the log is durable up to {end}.");

    private static Lsn ProvenTo(OperationBlocker disk)
    {
        using TestStore reader = TestStore.OpenReadOnly(disk.Disk);
        return reader.Store.RecoveryReport.ProvenLsn;
    }
}
