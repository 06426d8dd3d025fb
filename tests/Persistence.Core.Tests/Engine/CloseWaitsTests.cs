using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A close that returns has let go of everything: what is under way ends first, and so does another close.</summary>
public sealed class CloseWaitsTests
{
    [Theory]
    [InlineData(StorageOperationKind.Allocate, false)]
    [InlineData(StorageOperationKind.Write, false)]
    [InlineData(StorageOperationKind.SyncData, false)]
    [InlineData(StorageOperationKind.Sync, false)]
    [InlineData(StorageOperationKind.Write, true)]
    public void Closing_waits_for_a_segment_that_is_being_prepared(StorageOperationKind stoppedAt, bool isOutOfSpace)
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = disk.Own(TestStore.Create(TestStore.HostFor(disk.Files) with { Scheduler = scheduler }));
        store.Set("before", "1");
        OperationStop preparing = disk.StopNext(
            operation => operation.Kind == stoppedAt && operation.Path.StartsWith("wal/spare-", StringComparison.Ordinal),
            isOutOfSpace ? new InjectedFault(StorageFault.DiskFull) : null);
        BackgroundCall committing = new("committing", () => store.Set("large", new string('x', 64 << 10)));
        preparing.WaitUntilReached();
        BackgroundCall closing = new("closing", store.Store.Close);
        closing.WaitUntilBlockedOrEnded(scheduler);
        Assert.False(closing.HasEnded, "The store was closed while a segment was being prepared.");
        Assert.Throws<Persistence.Locking.StoreLockedException>(() => TestStore.Open(disk.Disk));
        preparing.Release();
        closing.Succeeded();
        if (isOutOfSpace)
            committing.FailedWith(StoreError.DiskFull);
        else
            committing.Succeeded();
        using TestStore again = TestStore.Open(disk.Disk);
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Equal(isOutOfSpace ? 1 : 2, again.KeyValue.Count);
    }

    [Theory]
    [InlineData("ROOT", StorageOperationKind.Write, false)]
    [InlineData("ROOT", StorageOperationKind.SyncData, true)]
    [InlineData("OWNER", StorageOperationKind.Delete, false)]
    [InlineData("OWNER", StorageOperationKind.Delete, true)]
    public void Whoever_closes_second_returns_when_the_store_is_free(string stoppedFile, StorageOperationKind stoppedAt, bool secondDisposes)
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = disk.Own(TestStore.Create(TestStore.HostFor(disk.Files) with { Scheduler = scheduler }));
        store.Set("before", "1");
        OperationStop closingStopped = disk.StopNext(operation => operation.Kind == stoppedAt && operation.Path == stoppedFile);
        BackgroundCall first = new("first", secondDisposes ? store.Store.Close : store.Store.Dispose);
        closingStopped.WaitUntilReached();
        BackgroundCall second = new("second", () =>
        {
            if (secondDisposes)
                store.Store.Dispose();
            else
                store.Store.Close();
            using TestStore again = TestStore.Open(disk.Disk);
            Assert.True(again.Store.RecoveryReport.WasClean);
        });
        second.WaitUntilBlockedOrEnded(scheduler);
        closingStopped.Release();
        second.Succeeded();
        first.Succeeded();
    }

    [Fact]
    public void A_second_close_after_one_that_failed_finds_the_store_free_and_says_nothing()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = disk.Own(TestStore.Create(TestStore.HostFor(disk.Files) with { Scheduler = scheduler }));
        store.Set("before", "1");
        OperationStop closingStopped = disk.StopNext(
            operation => operation.Kind == StorageOperationKind.SyncData && operation.Path == "ROOT", new InjectedFault(StorageFault.Failed));
        BackgroundCall first = new("first", store.Store.Close);
        closingStopped.WaitUntilReached();
        BackgroundCall second = new("second", () =>
        {
            store.Store.Close();
            using TestStore again = TestStore.Open(disk.Disk);
            Assert.Equal("before=1;", again.Dump());
        });
        second.WaitUntilBlockedOrEnded(scheduler);
        closingStopped.Release();
        second.Succeeded();
        first.FailedWith(StoreError.StorageFailed);
    }
}
