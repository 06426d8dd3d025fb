using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>The checkpoint that a close takes when much log has gathered.</summary>
public sealed class ClosingCheckpointTests
{
    private static readonly StoreOptions Options = TestStore.SmallOptions with { CheckpointCloseBytes = 10_000 };

    [Theory]
    [InlineData(2, false)]
    [InlineData(4, true)]
    public void It_is_taken_when_more_log_has_gathered_than_allowed(int commits, bool isTaken)
    {
        SimulatedFileSystem files = new();
        TestStore store = TestStore.Create(files, Options);
        for (int i = 0; i < commits; i++)
            store.Set($"k{i}", new string('x', 3000));
        string expected = store.Dump();
        store.Store.Close();
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Equal(isTaken ? 1 : null, again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(isTaken ? commits : 0, again.Store.RecoveryReport.ItemsLoaded);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void Log_that_an_earlier_process_left_counts()
    {
        SimulatedFileSystem files = new();
        using (TestStore first = TestStore.Create(files, TestStore.SmallOptions))
        {
            for (int i = 0; i < 4; i++)
                first.Set($"k{i}", new string('x', 3000));
        }

        TestStore.Open(files, Options).Dispose();
        using TestStore again = TestStore.Open(files, Options);
        Assert.Equal(1, again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(4, again.KeyValue.Count);
    }

    [Theory]
    [InlineData(StorageOperationKind.Open, StorageFault.TooManyOpenFiles)]
    [InlineData(StorageOperationKind.Write, StorageFault.DiskFull)]
    [InlineData(StorageOperationKind.Sync, StorageFault.Failed)]
    [InlineData(StorageOperationKind.Rename, StorageFault.Failed)]
    public void When_it_cannot_be_taken_the_store_is_closed_cleanly_without_it(StorageOperationKind failing, StorageFault fault)
    {
        SimulatedFileSystem disk = new();
        bool isClosing = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            isClosing && operation.Kind == failing && operation.Path.StartsWith("staging/", StringComparison.Ordinal) ? new InjectedFault(fault) : null);
        TestStore store = TestStore.Create(files, Options);
        for (int i = 0; i < 4; i++)
            store.Set($"k{i}", new string('x', 3000));
        string expected = store.Dump();
        isClosing = true;
        store.Store.Close();
        Assert.IsAssignableFrom<StoreException>(store.Store.GetStatus().Degraded);
        using TestStore again = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending), Options);
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Null(again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void When_ROOT_fails_under_it_the_close_says_so_and_nothing_is_lost()
    {
        SimulatedFileSystem disk = new();
        bool isClosing = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            isClosing && operation.Kind == StorageOperationKind.SyncData && operation.Path == "ROOT" ? new InjectedFault(StorageFault.Failed) : null);
        TestStore store = TestStore.Create(files, Options);
        for (int i = 0; i < 4; i++)
            store.Set($"k{i}", new string('x', 3000));
        string expected = store.Dump();
        isClosing = true;
        Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(store.Store.Close).Error);
        foreach (CrashImageKind kind in Enum.GetValues<CrashImageKind>())
        {
            using TestStore again = TestStore.Open(disk.CrashImage(kind), Options);
            Assert.False(again.Store.RecoveryReport.WasClean);
            Assert.Equal(expected, again.Dump());
        }
    }

    [Fact]
    public void When_a_state_cannot_be_captured_the_store_is_closed_cleanly_without_it()
    {
        WatchedScheduler scheduler = new();
        SimulatedFileSystem files = new();
        StoreHost host = TestStore.HostFor(files) with { Scheduler = scheduler };
        StoreOptions options = Options with { Durability = DurabilityMode.Batch, FlushIntervalMs = 60_000 };
        PersistenceStore.Create(host, options);
        KeyValueState keyValue = new();
        BreakableState broken = new() { BeforeCapture = () => throw new InvalidOperationException("cannot be captured") };
        PersistenceStore store = PersistenceStore.Open(host, options, [keyValue, broken]);
        for (int i = 0; i < 4; i++)
            keyValue.Set($"k{i}", TestStore.Encode(new string('x', 3000)));
        store.Flush();
        Assert.Equal(1, scheduler.Running);
        store.Close();
        Assert.Equal(0, scheduler.Running);
        Assert.IsType<InvalidOperationException>(store.GetStatus().Degraded);
        KeyValueState again = new();
        using PersistenceStore reopened = PersistenceStore.Open(TestStore.HostFor(files.CrashImage(CrashImageKind.DropPending)), options, [again, new BreakableState()]);
        Assert.True(reopened.RecoveryReport.WasClean);
        Assert.Null(reopened.RecoveryReport.CheckpointId);
        Assert.Equal(4, again.Count);
    }

    [Fact]
    public void When_a_state_cannot_carry_out_what_was_committed_the_store_is_closed_cleanly_all_the_same()
    {
        SimulatedFileSystem files = new();
        StoreHost host = TestStore.HostFor(files);
        PersistenceStore.Create(host, Options);
        BreakableState broken = new();
        using PersistenceStore store = PersistenceStore.Open(host, Options, [broken]);
        broken.BeforeCarryOut = () => throw new InvalidOperationException("cannot be carried out");
        broken.Count();
        store.Close();
        Assert.IsType<InvalidOperationException>(store.GetStatus().Degraded);
        BreakableState again = new();
        using PersistenceStore reopened = PersistenceStore.Open(host, Options, [again]);
        Assert.True(reopened.RecoveryReport.WasClean);
        Assert.Equal(1, again.Applied);
    }
}
