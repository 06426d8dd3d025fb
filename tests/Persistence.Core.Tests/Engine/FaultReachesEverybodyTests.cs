using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>
/// A fault found outside a flush: whoever waits for a commit is told, nothing later is accepted, and what was acknowledged is
/// found again.
/// </summary>
public sealed class FaultReachesEverybodyTests
{
    private static readonly InjectedFault Failure = new(StorageFault.Failed);

    [Fact]
    public async Task When_a_checkpoint_cannot_update_ROOT_commits_that_wait_for_the_next_flush_are_told()
    {
        using Scene scene = new(TestStore.SmallOptions);
        OperationStop root = scene.Disk.StopNext(IsSyncOfRoot, Failure);
        BackgroundCall checkpoint = new("checkpoint", () => scene.Store.TakeCheckpoint());
        root.WaitUntilReached();
        Commits commits = scene.LetCommitsWait();
        commits.EndFlush();
        root.Release();
        await commits.AllFailedBut("leader");
        checkpoint.FailedWith(StoreError.StorageFailed);
        scene.IsFaulted("before;leader;");
        scene.Recovers("before;leader;");
    }

    [Fact]
    public async Task When_a_checkpoint_cannot_update_ROOT_during_a_flush_nobody_waits_for_the_flush_to_be_told()
    {
        using Scene scene = new(TestStore.SmallOptions);
        OperationStop root = scene.Disk.StopNext(IsSyncOfRoot, Failure);
        BackgroundCall checkpoint = new("checkpoint", () => scene.Store.TakeCheckpoint());
        root.WaitUntilReached();
        Commits commits = scene.LetCommitsWait();
        root.Release();
        commits.Follower.FailedWith(StoreError.StoreFaulted);
        Assert.False(commits.Leader.HasEnded);
        commits.Flush.Release();
        commits.Leader.FailedWith(StoreError.StoreFaulted);
        await commits.AllFailedBut("");
        checkpoint.FailedWith(StoreError.StorageFailed);
        // The leader was told that its outcome is unknown; its flush succeeded all the same.
        scene.IsFaulted("before;leader;");
        scene.Recovers("before;leader;");
    }

    [Theory]
    [InlineData(DurabilityMode.Batch, false)]
    [InlineData(DurabilityMode.Batch, true)]
    [InlineData(DurabilityMode.None, false)]
    [InlineData(DurabilityMode.None, true)]
    public async Task When_a_state_cannot_take_a_change_that_is_applied_at_once_commits_that_wait_are_told(DurabilityMode durability, bool isAwaited)
    {
        using Scene scene = new(TestStore.SmallOptions with { Durability = durability, FlushIntervalMs = 60_000 });
        Commits commits = scene.LetCommitsWait();
        commits.EndFlush();
        scene.Counter.BeforeApply = () => throw new InvalidOperationException("The state is broken.");
        BackgroundCall breaking = new("breaking", () => _ = isAwaited ? scene.Counter.CountAsync().AsTask().Result : scene.Counter.Count());
        breaking.FailedWith(StoreError.StoreFaulted);
        await commits.AllFailedBut("leader");
        Assert.IsType<InvalidOperationException>(scene.Store.GetStatus().Fault);
        // In these modes a change is visible before it is flushed.
        scene.IsFaulted("awaited;before;follower;leader;");
        scene.Recovers("before;leader;");
    }

    [Theory]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public async Task A_fault_between_a_flush_and_its_owner_giving_it_back_is_not_overlooked(DurabilityMode durability)
    {
        using Scene scene = new(TestStore.SmallOptions with { Durability = durability, FlushIntervalMs = 60_000 }, keptOut: "leader");
        Commits commits = scene.LetCommitsWait();
        using ManualResetEventSlim applying = new();
        using ManualResetEventSlim goOn = new();
        scene.Counter.BeforeApply = () =>
        {
            applying.Set();
            goOn.Wait();
            throw new InvalidOperationException("The state is broken.");
        };
        BackgroundCall breaking = new("breaking", () => scene.Counter.Count());
        Assert.True(applying.Wait(BackgroundCall.Patience, TestContext.Current.CancellationToken));
        commits.Flush.Release();
        // The flush is done, and its owner meets the log held by the commit that is about to break it.
        commits.Leader.WaitUntilBlockedOrEnded(scene.Scheduler);
        goOn.Set();
        breaking.FailedWith(StoreError.StoreFaulted);
        Assert.False(commits.Leader.HasEnded);
        scene.Scheduler.LetIn();
        commits.Leader.Succeeded();
        await commits.AllFailedBut("leader");
        scene.Recovers("before;leader;");
    }

    [Fact]
    public async Task When_a_state_cannot_take_a_change_that_was_flushed_its_commits_fail_and_their_records_are_kept()
    {
        using Scene scene = new(TestStore.SmallOptions);
        Commits commits = scene.LetCommitsWait();
        scene.Counter.BeforeApply = () => throw new InvalidOperationException("The state is broken.");
        Task<CommitResult> counting = scene.Counter.CountAsync().AsTask();
        commits.EndFlush();
        scene.Scheduler.LetGo();
        await commits.AllFailedBut("leader");
        await IsTold(counting);
        scene.IsFaulted("awaited;before;follower;leader;");
        scene.Recovers("awaited;before;follower;leader;", counted: 1);
    }

    [Theory]
    [InlineData(StorageOperationKind.Write)]
    [InlineData(StorageOperationKind.SyncData)]
    public async Task When_zeros_cannot_be_written_ahead_a_commit_that_waits_is_told(StorageOperationKind failing)
    {
        using Scene scene = new(TestStore.SmallOptions with { SegmentBytes = 4 << 20, SpareSegments = 1 }, withBefore: false);
        OperationStop fill = scene.Disk.StopNext(
            operation => operation.Kind == failing && IsLog(operation) && Thread.CurrentThread.Name == "store-background", Failure);
        scene.KeyValue.Set("before", TestStore.Encode("1"));
        fill.WaitUntilReached();
        Task<CommitResult> awaited = scene.SetAsync("awaited");
        fill.Release();
        await IsTold(awaited);
        scene.IsFaulted("before;");
        scene.Recovers("before;");
    }

    private static bool IsLog(StorageOperation operation) => operation.Path.StartsWith("wal/", StringComparison.Ordinal);

    private static bool IsSyncOfRoot(StorageOperation operation) => operation.Kind == StorageOperationKind.SyncData && operation.Path == "ROOT";

    private static async Task IsTold(Task<CommitResult> commit)
    {
        StoreException told = await Assert.ThrowsAnyAsync<StoreException>(() => commit.WaitAsync(BackgroundCall.Patience));
        Assert.Equal(StoreError.StoreFaulted, told.Error);
    }

    /// <summary>One commit whose flush is stopped, and two that wait for the next one: on a thread, and awaited.</summary>
    private sealed record Commits(OperationStop Flush, BackgroundCall Leader, BackgroundCall Follower, Task<CommitResult> Awaited)
    {
        /// <summary>The first flush succeeds. The next one needs the flusher, which is held back.</summary>
        public void EndFlush()
        {
            Flush.Release();
            Leader.Succeeded();
        }

        public async Task AllFailedBut(string succeeded)
        {
            if (succeeded.Length == 0)
                Leader.FailedWith(StoreError.StoreFaulted);
            Follower.FailedWith(StoreError.StoreFaulted);
            await IsTold(Awaited);
        }
    }

    /// <summary>A store with two states, whose flusher is held back.</summary>
    private sealed class Scene : IDisposable
    {
        public Scene(StoreOptions options, bool withBefore = true, string? keptOut = null)
        {
            Scheduler = new WatchedScheduler { HeldBack = "wal-flusher", KeptOut = keptOut };
            StoreHost host = TestStore.HostFor(Disk.Files) with { Scheduler = Scheduler };
            PersistenceStore.Create(host, options);
            Store = PersistenceStore.Open(host, options, [KeyValue, Counter]);
            if (withBefore)
                KeyValue.Set("before", TestStore.Encode("1"), CommitDurability.Sync);
        }

        public OperationBlocker Disk { get; } = new();

        public WatchedScheduler Scheduler { get; }

        public KeyValueState KeyValue { get; } = new();

        public BreakableState Counter { get; } = new();

        public PersistenceStore Store { get; }

        public Commits LetCommitsWait()
        {
            OperationStop flush = Disk.StopNext(operation => operation.Kind == StorageOperationKind.SyncData && IsLog(operation));
            BackgroundCall leader = new("leader", () => Set("leader"));
            flush.WaitUntilReached();
            BackgroundCall follower = new("follower", () => Set("follower"));
            follower.WaitUntilBlockedOrEnded(Scheduler);
            return new Commits(flush, leader, follower, SetAsync("awaited"));
        }

        public Task<CommitResult> SetAsync(string key)
        {
            KeyValueBatch batch = new();
            batch.Set(key, TestStore.Encode("1"));
            return KeyValue.CommitAsync(batch, CommitDurability.Sync).AsTask();
        }

        /// <summary>Nothing more is accepted, and what was applied can be read.</summary>
        public void IsFaulted(string visible)
        {
            Assert.NotNull(Store.GetStatus().Fault);
            Action[] refused = [() => Set("late"), () => _ = SetAsync("late"), Store.Flush, () => Store.TakeCheckpoint()];
            Assert.All(refused, action => Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(action).Error));
            Assert.Equal(visible, Keys(KeyValue));
            Assert.NotEmpty(Store.ReadLog());
            Scheduler.LetGo();
            Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(Store.Close).Error);
        }

        public void Recovers(string expected, int counted = 0)
        {
            foreach (CrashImageKind kind in (CrashImageKind[])[CrashImageKind.DropPending, CrashImageKind.KeepEverything])
            {
                KeyValueState keyValue = new();
                BreakableState counter = new();
                using PersistenceStore again = PersistenceStore.Open(TestStore.HostFor(Disk.Disk.CrashImage(kind)), TestStore.SmallOptions, [keyValue, counter]);
                Assert.Equal(expected, Keys(keyValue));
                Assert.Equal(counted, counter.Applied);
                keyValue.Set("after", TestStore.Encode("1"));
            }
        }

        public void Dispose()
        {
            Disk.Dispose();
            Scheduler.LetGo();
            Scheduler.LetIn();
            Store.Dispose();
        }

        private void Set(string key) => KeyValue.Set(key, TestStore.Encode("1"), CommitDurability.Sync);

        private static string Keys(KeyValueState state) => string.Concat(state.FindByPrefix().Select(item => $"{item.Key};"));
    }
}
