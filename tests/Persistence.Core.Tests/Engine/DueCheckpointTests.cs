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
    public void A_checkpoint_that_fails_in_the_background_is_tried_again_after_a_pause_and_not_before()
    {
        ManualClock clock = new();
        bool isFull = true;
        int attempts = 0;
        int rounds = 0;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Write && operation.Path.EndsWith(".wal", StringComparison.Ordinal) && Thread.CurrentThread.Name == Background)
                Interlocked.Increment(ref rounds);
            if (operation.Kind != StorageOperationKind.Write || !operation.Path.StartsWith("staging/", StringComparison.Ordinal) || !operation.Path.EndsWith(".full", StringComparison.Ordinal))
                return null;
            Interlocked.Increment(ref attempts);
            return Volatile.Read(ref isFull) ? new InjectedFault(Persistence.Storage.StorageFault.DiskFull) : null;
        });
        using TestStore store = TestStore.Create(
            TestStore.DeterministicHostFor(files, clock: clock) with { Scheduler = new WatchedScheduler() },
            TestStore.SmallOptions with { CheckpointTransactions = 1, MarkerDelayMs = 10 });
        store.Set("k", "1");
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().Degraded is not null, BackgroundCall.Patience));
        for (int i = 0; i < 5; i++)
        {
            // The marker that a quiet round writes says that the background had its turn.
            int before = Volatile.Read(ref rounds);
            store.Set("k", "2");
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref rounds) > before, BackgroundCall.Patience));
        }

        Assert.Equal(1, Volatile.Read(ref attempts));
        Assert.Null(store.Store.GetStatus().Fault);
        Assert.Null(store.Store.GetStatus().LastCheckpointId);
        Volatile.Write(ref isFull, false);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().LastCheckpointId == 1, BackgroundCall.Patience));
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().Degraded is null, BackgroundCall.Patience));
    }

    /// <summary>The background is asleep, or not there yet, when this is called, and asleep again when it returns.</summary>
    private static void SetAndWaitForSilence(TestStore store, WatchedScheduler scheduler, string key, string value)
    {
        int sleeps = scheduler.SleepsOf(Background);
        store.Set(key, value);
        Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) > sleeps, BackgroundCall.Patience), "The background does not come to rest.");
    }
}
