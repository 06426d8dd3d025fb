using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Checkpoints that the background takes by itself: as many as are due, and then silence.</summary>
public sealed class DueCheckpointTests
{
    private const string Background = "store-background";

    [Fact]
    public void One_commit_makes_one_checkpoint_due_whose_note_makes_none()
    {
        WatchedScheduler scheduler = new();
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(
            TestStore.HostFor(files) with { Scheduler = scheduler }, TestStore.SmallOptions with { CheckpointTransactions = 1 });
        for (long round = 1; round <= 3; round++)
        {
            int sleeps = scheduler.SleepsOf(Background);
            store.Set("k", $"{round}");
            Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) > sleeps || store.Store.GetStatus().LastCheckpointId > round, BackgroundCall.Patience));
            Assert.Equal(round, store.Store.GetStatus().LastCheckpointId);
            Assert.Equal(2 * round, store.Store.GetStatus().Log.Commits);
        }

        Assert.Null(store.Store.GetStatus().Degraded);
    }

    [Fact]
    public void An_interval_that_passes_with_nothing_but_a_note_in_the_log_makes_no_checkpoint_due()
    {
        ManualClock clock = new();
        WatchedScheduler scheduler = new();
        using TestStore store = TestStore.Create(
            TestStore.DeterministicHostFor(new SimulatedFileSystem(), clock: clock) with { Scheduler = scheduler },
            TestStore.SmallOptions with { CheckpointIntervalSeconds = 60 });
        store.Set("k", "1");
        Assert.Null(store.Store.GetStatus().LastCheckpointId);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().LastCheckpointId == 1, BackgroundCall.Patience));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(60));
                return scheduler.SleepsOf(Background) > 0 || store.Store.GetStatus().LastCheckpointId > 1;
            },
            BackgroundCall.Patience));
        Assert.Equal(1, store.Store.GetStatus().LastCheckpointId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_checkpoint_is_taken_after_so_many_bytes_of_log_and_not_before(int commitsShort)
    {
        WatchedScheduler scheduler = new();
        using TestStore store = TestStore.Create(
            TestStore.HostFor(new SimulatedFileSystem()) with { Scheduler = scheduler }, TestStore.SmallOptions with { CheckpointLogBytes = 8 * 4096 });
        for (int i = 0; i < 8 - commitsShort; i++)
        {
            Assert.Null(store.Store.GetStatus().LastCheckpointId);
            SetAndWaitForSilence(store, scheduler, $"k{i}", new string('x', 3900));
        }

        Assert.Equal(commitsShort == 0 ? 1 : null, store.Store.GetStatus().LastCheckpointId);
    }

    [Fact]
    public void A_checkpoint_that_fails_in_the_background_is_kept_for_who_asks_and_the_next_one_makes_up_for_it()
    {
        WatchedScheduler scheduler = new();
        bool isFull = false;
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            Volatile.Read(ref isFull) && operation.Kind == StorageOperationKind.Write && operation.Path.StartsWith("staging/", StringComparison.Ordinal)
                ? new InjectedFault(Persistence.Storage.StorageFault.DiskFull) : null);
        using TestStore store = TestStore.Create(
            TestStore.HostFor(files) with { Scheduler = scheduler }, TestStore.SmallOptions with { CheckpointTransactions = 1 });
        Volatile.Write(ref isFull, true);
        SetAndWaitForSilence(store, scheduler, "k", "1");
        Assert.NotNull(store.Store.GetStatus().Degraded);
        Assert.Null(store.Store.GetStatus().Fault);
        Assert.Null(store.Store.GetStatus().LastCheckpointId);
        Volatile.Write(ref isFull, false);
        SetAndWaitForSilence(store, scheduler, "k", "2");
        Assert.Equal(1, store.Store.GetStatus().LastCheckpointId);
        Assert.Null(store.Store.GetStatus().Degraded);
    }

    /// <summary>The background is asleep, or not there yet, when this is called, and asleep again when it returns.</summary>
    private static void SetAndWaitForSilence(TestStore store, WatchedScheduler scheduler, string key, string value)
    {
        int sleeps = scheduler.SleepsOf(Background);
        store.Set(key, value);
        Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) > sleeps, BackgroundCall.Patience), "The background does not come to rest.");
    }
}
