using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Commits and barriers that find the log busy: they wait for what they have to, and nothing is lost or out of order.</summary>
public sealed class WaitingCommitsTests
{
    private static readonly InjectedFault Failure = new(StorageFault.Failed);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_commit_that_does_not_fit_into_the_frame_being_gathered_waits_for_the_flush_under_way(bool flushFails)
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = Create(disk, scheduler, TestStore.SmallOptions with { FrameBytesMax = 4096 });
        OperationStop flush = StopFlush(disk, flushFails ? Failure : null);
        BackgroundCall first = new("first", () => store.Set("first", "1"));
        flush.WaitUntilReached();
        BackgroundCall second = new("second", () => store.Set("second", new string('x', 3000)));
        second.WaitUntilBlockedOrEnded(scheduler);
        BackgroundCall third = new("third", () => store.Set("third", new string('y', 3000)));
        third.WaitUntilBlockedOrEnded(scheduler);
        // The third has no position yet: it is not in the log at all.
        Assert.Equal(2, store.Store.GetStatus().Log.Commits);
        flush.Release();
        foreach (BackgroundCall call in (BackgroundCall[])[first, second, third])
        {
            if (flushFails)
                call.FailedWith(StoreError.StoreFaulted);
            else
                call.Succeeded();
        }

        Assert.Equal(flushFails ? 2 : 3, store.Store.GetStatus().Log.Commits);
        Assert.Equal(flushFails ? 1 : 3, store.Store.GetStatus().Log.Frames);
        using TestStore again = TestStore.Open(disk.Disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(flushFails ? "" : store.Dump(), again.Dump());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_barrier_that_finds_a_flush_under_way_waits_for_it_and_covers_what_came_before(bool flushFails)
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = Create(disk, scheduler, TestStore.SmallOptions with { Durability = DurabilityMode.None });
        store.Set("first", "1");
        OperationStop flush = StopFlush(disk, flushFails ? Failure : null);
        BackgroundCall firstBarrier = new("first barrier", store.Store.Flush);
        flush.WaitUntilReached();
        CommitResult during = store.Set("during", "2");
        BackgroundCall secondBarrier = new("second barrier", store.Store.Flush);
        secondBarrier.WaitUntilBlockedOrEnded(scheduler);
        Assert.False(secondBarrier.HasEnded);
        flush.Release();
        if (flushFails)
        {
            firstBarrier.FailedWith(StoreError.StoreFaulted);
            secondBarrier.FailedWith(StoreError.StoreFaulted);
            return;
        }

        firstBarrier.Succeeded();
        secondBarrier.Succeeded();
        Assert.True(store.Store.DurableLsn >= during.End);
        using TestStore again = TestStore.Open(disk.Disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal("during=2;first=1;", again.Dump());
    }

    [Fact]
    public void A_barrier_does_not_wait_for_what_comes_after_it()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = Create(disk, scheduler, TestStore.SmallOptions);
        OperationStop firstFlush = StopFlush(disk);
        BackgroundCall first = new("first", () => store.Set("first", "1"));
        firstFlush.WaitUntilReached();
        BackgroundCall barrier = new("barrier", store.Store.Flush);
        barrier.WaitUntilBlockedOrEnded(scheduler);
        Assert.False(barrier.HasEnded);
        BackgroundCall second = new("second", () => store.Set("second", "2"));
        second.WaitUntilBlockedOrEnded(scheduler);
        OperationStop secondFlush = StopFlush(disk);
        firstFlush.Release();
        secondFlush.WaitUntilReached();
        first.Succeeded();
        barrier.Succeeded();
        Assert.False(second.HasEnded);
        secondFlush.Release();
        second.Succeeded();
    }

    [Fact]
    public void A_commit_that_arrives_while_a_checkpoint_settles_the_log_comes_after_it()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = Create(disk, scheduler, TestStore.SmallOptions with { Durability = DurabilityMode.None });
        store.Set("before", "1");
        OperationStop flush = StopFlush(disk);
        BackgroundCall checkpoint = new("checkpoint", () => store.Store.TakeCheckpoint());
        flush.WaitUntilReached();
        BackgroundCall after = new("after", () => store.Set("after", "2"));
        after.WaitUntilBlockedOrEnded(scheduler);
        Assert.False(after.HasEnded);
        Assert.Null(store.Get("after"));
        flush.Release();
        checkpoint.Succeeded();
        after.Succeeded();
        store.Store.Flush();
        using TestStore again = TestStore.Open(disk.Disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(1, again.Store.RecoveryReport.ItemsLoaded);
        Assert.Equal("after=2;before=1;", again.Dump());
    }

    [Fact]
    public void A_checkpoint_whose_flush_fails_lets_the_commits_go_that_waited_for_it()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = Create(disk, scheduler, TestStore.SmallOptions with { Durability = DurabilityMode.None });
        store.Set("before", "1");
        OperationStop flush = StopFlush(disk, Failure);
        BackgroundCall checkpoint = new("checkpoint", () => store.Store.TakeCheckpoint());
        flush.WaitUntilReached();
        BackgroundCall after = new("after", () => store.Set("after", "2"));
        after.WaitUntilBlockedOrEnded(scheduler);
        flush.Release();
        checkpoint.FailedWith(StoreError.StoreFaulted);
        after.FailedWith(StoreError.StoreFaulted);
        Assert.Equal("before=1;", store.Dump());
        Assert.Empty(disk.Disk.List("staging"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    public void A_segment_reserved_for_a_commit_that_was_then_refused_serves_later_ones(int nextBytes)
    {
        SimulatedFileSystem disk = new();
        KeyValueState keyValue = new();
        BreakableState counter = new();
        StoreHost host = TestStore.HostFor(disk);
        PersistenceStore.Create(host, TestStore.SmallOptions);
        using (PersistenceStore store = PersistenceStore.Open(host, TestStore.SmallOptions, [keyValue, counter]))
        {
            FillSegment(store, keyValue);
            RefuseOnceReserved(counter);
            Assert.Single(disk.List("wal"), entry => entry.Name.StartsWith("spare-", StringComparison.Ordinal));
            keyValue.Set("next", TestStore.Encode(new string('x', nextBytes)));
            Assert.Equal(2, store.GetStatus().ActiveSegment);
            // The large commit had a segment of its own size; the one that was too small for it is taken now.
            store.RotateLog();
            keyValue.Set("last", TestStore.Encode("1"));
            Assert.Equal(3, store.GetStatus().ActiveSegment);
        }

        Assert.DoesNotContain(disk.List("wal"), entry => entry.Name.StartsWith("spare-", StringComparison.Ordinal));
        using TestStore again = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending));
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Equal(nextBytes, again.Get("next")!.Length);
        Assert.Equal("1", again.Get("last"));
    }

    [Fact]
    public void A_segment_reserved_and_never_used_is_a_spare_of_the_next_process()
    {
        SimulatedFileSystem disk = new();
        KeyValueState keyValue = new();
        BreakableState counter = new();
        StoreHost host = TestStore.HostFor(disk);
        PersistenceStore.Create(host, TestStore.SmallOptions);
        using (PersistenceStore store = PersistenceStore.Open(host, TestStore.SmallOptions, [keyValue, counter]))
        {
            FillSegment(store, keyValue);
            RefuseOnceReserved(counter);
        }

        string spare = Assert.Single(disk.List("wal"), entry => entry.Name.StartsWith("spare-", StringComparison.Ordinal)).Name;
        bool created = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            created |= operation.Path.StartsWith("wal/spare-", StringComparison.Ordinal) && operation.Path != $"wal/{spare}";
            return null;
        });
        using TestStore again = TestStore.Open(files);
        Assert.True(again.Store.RecoveryReport.WasClean);
        again.Set("next", new string('x', 5000));
        Assert.Equal(2, again.Store.GetStatus().ActiveSegment);
        Assert.False(created);
    }

    [Fact]
    public async Task Awaited_commits_one_after_the_other_each_get_their_own_result()
    {
        using TestStore store = TestStore.Create();
        CommitResult previous = default;
        for (int i = 0; i < 100; i++)
        {
            KeyValueBatch batch = new();
            batch.Set($"k{i}", TestStore.Encode("v"));
            CommitResult result = await store.KeyValue.CommitAsync(batch);
            Assert.True(result.First >= previous.End && result.End > result.First);
            Assert.Equal(result.First, store.KeyValue.Find($"k{i}")!.Lsn);
            previous = result;
        }
    }

    [Fact]
    public async Task An_awaited_commit_asked_for_its_result_a_second_time_never_answers_for_another_one()
    {
        using TestStore store = TestStore.Create();
        KeyValueBatch batch = new();
        batch.Set("first", TestStore.Encode("1"));
        ValueTask<CommitResult> first = store.KeyValue.CommitAsync(batch);
        _ = await first;
        batch.Set("second", TestStore.Encode("2"));
        ValueTask<CommitResult> second = store.KeyValue.CommitAsync(batch);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first);
        Assert.Equal((await second).First, store.KeyValue.Find("second")!.Lsn);
    }

    [Fact]
    public async Task An_awaited_commit_asked_for_its_result_too_early_refuses_and_disturbs_nobody()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        TestStore store = Create(disk, scheduler, TestStore.SmallOptions);
        OperationStop firstFlush = StopFlush(disk);
        OperationStop secondFlush = StopFlush(disk);
        ValueTask<CommitResult> first = CommitAsync(store, "first", "1");
        firstFlush.WaitUntilReached();
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        ValueTask<CommitResult> second = CommitAsync(store, "second", "2");
        firstFlush.Release();
        Assert.Equal((await first).First, store.KeyValue.Find("first")!.Lsn);
        secondFlush.WaitUntilReached();
        Assert.False(second.IsCompleted);
        secondFlush.Release();
        Assert.Equal((await second).First, store.KeyValue.Find("second")!.Lsn);
        Assert.Null(store.Store.GetStatus().Fault);
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public async Task A_close_ends_an_asynchronous_commit_that_waits_for_room(DurabilityMode durability)
    {
        using OperationBlocker disk = new();
        using HeldFlusher flusher = new();
        TestStore store = Create(disk, flusher.Scheduler, TestStore.SmallOptions with { FrameBytesMax = 4096, Durability = durability });
        (ValueTask<CommitResult> first, BackgroundCall second) = FillFrameAndWaitForRoom(store, flusher.Scheduler);
        BackgroundCall closing = new("closing", store.Store.Close);
        second.FailedWith(StoreError.StoreClosed);
        flusher.Dispose();
        closing.Succeeded();
        await first;
        using TestStore again = TestStore.Open(disk.Disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal($"first={new string('x', 3000)};", again.Dump());
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public void A_fault_ends_an_asynchronous_commit_that_waits_for_room(DurabilityMode durability)
    {
        using OperationBlocker disk = new();
        using HeldFlusher flusher = new();
        TestStore store = Create(disk, flusher.Scheduler, TestStore.SmallOptions with { FrameBytesMax = 4096, Durability = durability });
        (ValueTask<CommitResult> first, BackgroundCall second) = FillFrameAndWaitForRoom(store, flusher.Scheduler);
        OperationStop flush = StopFlush(disk, Failure);
        BackgroundCall barrier = new("barrier", store.Store.Flush);
        flush.WaitUntilReached();
        flush.Release();
        barrier.FailedWith(StoreError.StoreFaulted);
        second.FailedWith(StoreError.StoreFaulted);
        BackgroundCall awaiting = new("awaiting", () => first.AsTask().GetAwaiter().GetResult());
        if (durability == DurabilityMode.Sync)
            awaiting.FailedWith(StoreError.StoreFaulted);
        else
            awaiting.Succeeded();
    }

    private static (ValueTask<CommitResult> First, BackgroundCall Second) FillFrameAndWaitForRoom(TestStore store, WatchedScheduler scheduler)
    {
        ValueTask<CommitResult> first = CommitAsync(store, "first", new string('x', 3000));
        BackgroundCall second = new("second", () => CommitAsync(store, "second", new string('y', 3000)).AsTask().GetAwaiter().GetResult());
        second.WaitUntilBlockedOrEnded(scheduler);
        Assert.False(second.HasEnded);
        return (first, second);
    }

    private static ValueTask<CommitResult> CommitAsync(TestStore store, string key, string value)
    {
        KeyValueBatch batch = new();
        batch.Set(key, TestStore.Encode(value));
        return store.KeyValue.CommitAsync(batch);
    }

    private static TestStore Create(OperationBlocker disk, WatchedScheduler scheduler, StoreOptions options) =>
        disk.Own(TestStore.Create(TestStore.HostFor(disk.Files) with { Scheduler = scheduler }, options));

    private static OperationStop StopFlush(OperationBlocker disk, InjectedFault? fault = null) => disk.StopNext(
        operation => operation.Kind == StorageOperationKind.SyncData && operation.Path.StartsWith("wal/", StringComparison.Ordinal), fault);

    /// <summary>Sequenced once, then the segment is reserved; sequenced again, it is refused.</summary>
    private static void RefuseOnceReserved(BreakableState counter)
    {
        int sequenced = 0;
        counter.BeforeSequence = () =>
        {
            if (++sequenced == 2)
                throw new StoreException(StoreError.TransactionAborted, "The second look finds a reason to refuse.");
        };
        Assert.Equal(StoreError.TransactionAborted, Assert.ThrowsAny<StoreException>(() => counter.Count()).Error);
        Assert.Equal(2, sequenced);
    }

    /// <summary>Leaves less than one sector.</summary>
    private static void FillSegment(PersistenceStore store, KeyValueState state)
    {
        int i = 0;
        while (TestStore.SmallOptions.SegmentBytes - store.DurableLsn.Value is long left && left >= 512)
            state.Set($"fill{i++}", TestStore.Encode(new string('f', left >= 8192 ? 3000 : 10)));
        Assert.Equal(1, store.GetStatus().ActiveSegment);
    }

    /// <summary>A flusher that does nothing before the test, or its end, lets it go.</summary>
    private sealed class HeldFlusher : IDisposable
    {
        public WatchedScheduler Scheduler { get; } = new() { HeldBack = "wal-flusher" };

        public void Dispose() => Scheduler.LetGo();
    }
}
