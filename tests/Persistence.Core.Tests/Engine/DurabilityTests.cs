using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>What each durability mode promises, and how many flushes it takes.</summary>
public sealed class DurabilityTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public void Without_a_barrier_a_cut_may_lose_what_was_committed_and_with_one_it_may_not(DurabilityMode durability)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, TestStore.SmallOptions with { Durability = durability, FlushIntervalMs = 60_000 });
        store.Set("a", "1");
        Assert.Equal("a=1;", store.Dump());
        Assert.Equal("", Recovered(files));
        store.Store.Flush();
        Assert.Equal("a=1;", Recovered(files));
        store.Set("b", "2");
        Assert.Equal("a=1;", Recovered(files));
        store.KeyValue.Set("c", TestStore.Encode("3"), CommitDurability.Sync);
        Assert.Equal("a=1;b=2;c=3;", Recovered(files));
        store.Set("d", "4");
        store.Store.TakeCheckpoint();
        Assert.Equal("a=1;b=2;c=3;d=4;", Recovered(files));
        store.Set("e", "5");
        store.Store.Close();
        Assert.Equal("a=1;b=2;c=3;d=4;e=5;", Recovered(files));
    }

    [Fact]
    public void Sync_mode_needs_no_barrier()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        Assert.Equal("a=1;", Recovered(files));
    }

    [Fact]
    public async Task An_awaited_commit_is_durable_in_Sync_mode_and_with_a_sync_of_its_own()
    {
        foreach (DurabilityMode durability in Enum.GetValues<DurabilityMode>())
        {
            SimulatedFileSystem files = new();
            using TestStore store = TestStore.Create(files, TestStore.SmallOptions with { Durability = durability, FlushIntervalMs = 60_000 });
            KeyValueBatch batch = new();
            batch.Set("a", TestStore.Encode("1"));
            ValueTask<CommitResult> task = store.KeyValue.CommitAsync(batch, CommitDurability.Sync);
            Assert.Equal(0, batch.Count);
            CommitResult result = await task;
            Assert.True(store.Store.DurableLsn >= result.End);
            Assert.Equal("a=1;", Recovered(files));
        }
    }

    [Fact]
    public void Batch_mode_flushes_by_itself_when_its_interval_has_passed_on_the_clock()
    {
        SimulatedFileSystem files = new();
        ManualClock clock = new();
        StoreOptions options = TestStore.SmallOptions with { Durability = DurabilityMode.Batch, FlushIntervalMs = 20 };
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files, clock: clock), options);
        CommitResult result = store.Set("a", "1");
        Assert.Equal(0, store.Store.GetStatus().Log.Flushes);
        clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(SpinWait.SpinUntil(() => store.Store.DurableLsn >= result.End, Patience));
        Assert.Equal("a=1;", Recovered(files));
        Assert.Equal(1, store.Store.GetStatus().Log.Flushes);
    }

    [Fact]
    public void None_flushes_only_when_asked_however_much_is_written()
    {
        SimulatedFileSystem files = new();
        ManualClock clock = new();
        StoreOptions options = TestStore.SmallOptions with { Durability = DurabilityMode.None, FrameBytesMax = 4096 };
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files, clock: clock), options);
        for (int i = 0; i < 10; i++)
        {
            store.Set("a", new string('x', 3000));
            clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(0, store.Store.GetStatus().Log.Flushes);
        store.Store.Flush();
        Assert.Equal(1, store.Store.GetStatus().Log.Flushes);
        store.Store.Flush();
        Assert.Equal(1, store.Store.GetStatus().Log.Flushes);
    }

    [Fact]
    public void Commits_that_arrive_during_a_flush_share_the_next_one()
    {
        const int followers = 12;
        using FirstSyncBlocker blocker = new();
        using TestStore store = TestStore.Create(TestStore.HostFor(blocker.Files));
        blocker.Arm();
        List<Thread> threads = [Start(store, 0)];
        blocker.WaitUntilBlocked();
        for (int i = 1; i <= followers; i++)
            threads.Add(Start(store, i));
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().Log.Commits == followers + 1, Patience));
        Assert.Equal(0, store.KeyValue.Count);
        blocker.Release();
        threads.ForEach(thread => thread.Join());
        Assert.Equal(followers + 1, store.KeyValue.Count);
        Assert.Equal(2, store.Store.GetStatus().Log.Flushes);
        Assert.Equal(2, store.Store.GetStatus().Log.Frames);
    }

    [Fact]
    public async Task Asynchronous_commits_share_a_flush_and_never_make_it_on_the_callers_thread()
    {
        const int followers = 50;
        using FirstSyncBlocker blocker = new();
        using TestStore store = TestStore.Create(TestStore.HostFor(blocker.Files));
        blocker.Arm();
        List<Task<CommitResult>> commits = [CommitAsync(store, 0)];
        blocker.WaitUntilBlocked();
        for (int i = 1; i <= followers; i++)
            commits.Add(CommitAsync(store, i));
        Assert.All(commits, commit => Assert.False(commit.IsCompleted));
        blocker.Release();
        CommitResult[] results = await Task.WhenAll(commits);
        Assert.Equal(followers + 1, store.KeyValue.Count);
        Assert.Equal(2, store.Store.GetStatus().Log.Flushes);
        Assert.Equal(results.Select(result => result.First.Value).Order(), results.Select(result => result.First.Value));
    }

    [Fact]
    public async Task When_the_shared_flush_fails_every_commit_in_it_fails_and_none_is_applied()
    {
        using FirstSyncBlocker blocker = new() { FailBlocked = true };
        using TestStore store = TestStore.Create(TestStore.HostFor(blocker.Files));
        store.Set("before", "1");
        blocker.Arm();
        List<Task<CommitResult>> commits = [CommitAsync(store, 0)];
        blocker.WaitUntilBlocked();
        for (int i = 1; i < 10; i++)
            commits.Add(CommitAsync(store, i));
        StoreException? synchronous = null;
        Thread thread = new(() => synchronous = Record.Exception(() => store.Set("sync", "1")) as StoreException);
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().Log.Commits == 12, Patience));
        blocker.Release();
        thread.Join();
        foreach (Task<CommitResult> commit in commits)
            Assert.Equal(StoreError.StoreFaulted, (await Assert.ThrowsAnyAsync<StoreException>(() => commit)).Error);
        Assert.Equal(StoreError.StoreFaulted, synchronous!.Error);
        Assert.Equal("before=1;", store.Dump());
        Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(store.Store.Flush).Error);
        Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(() => store.Store.TakeCheckpoint()).Error);
        Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(store.Store.Close).Error);
    }

    [Fact]
    public void A_close_that_cannot_flush_says_so()
    {
        bool fail = false;
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fail && operation.Kind == StorageOperationKind.SyncData ? new InjectedFault(Persistence.Storage.StorageFault.Failed) : null);
        TestStore store = TestStore.Create(files, TestStore.SmallOptions with { Durability = DurabilityMode.None });
        store.Set("a", "1");
        fail = true;
        Assert.Equal(StoreError.StoreFaulted, Assert.ThrowsAny<StoreException>(store.Store.Close).Error);
        store.Store.Close();
        using TestStore again = TestStore.Open(disk);
        Assert.False(again.Store.RecoveryReport.WasClean);
    }

    [Fact]
    public void Positions_grow_for_the_life_of_the_store_however_it_is_closed()
    {
        SimulatedFileSystem files = new();
        Lsn highest = default;
        TestStore.Create(files).Dispose();
        for (int life = 0; life < 12; life++)
        {
            using TestStore store = TestStore.Open(files, bootId: $"boot-{life / 5}");
            for (int i = 0; i < 3; i++)
            {
                CommitResult result = store.Set($"k{i}", new string('x', 2000));
                Assert.True(result.First >= highest && result.End > result.First);
                highest = result.End;
            }

            if (life % 4 == 1)
                store.Store.TakeCheckpoint();
            if (life % 3 == 0)
                files = files.CrashImage(life % 2 == 0 ? CrashImageKind.DropPending : CrashImageKind.KeepEverything);
        }
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(5 << 20)]
    public void A_record_larger_than_a_segment_has_a_segment_of_its_own(int bytes)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        store.Set("before", "1");
        store.Set("large", new string('x', bytes));
        store.Set("after", "2");
        string expected = store.Dump();
        Assert.Contains(files.List("wal"), entry => new FileInfoOf(files, $"wal/{entry.Name}").Bytes > bytes);
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void The_largest_record_fits_and_one_byte_more_is_refused_and_harms_nothing()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        byte[] overhead = TestStore.Encode(new string('x', 70_000));
        int headerBytes = overhead.Length - 70_000;
        int largest = RecordLimits.RecordBytesMax - headerBytes - 2;
        byte[] tooLarge = TestStore.Encode(new string('x', largest + 1));
        Assert.Equal(StoreError.RecordTooLarge, Assert.ThrowsAny<StoreException>(() => store.KeyValue.Set("k", tooLarge)).Error);
        store.KeyValue.Set("k", TestStore.Encode(new string('x', largest)));
        Assert.Equal(1, store.KeyValue.Count);
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(largest, again.Get("k")!.Length);
    }

    private static string Recovered(SimulatedFileSystem files)
    {
        using TestStore store = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        return store.Dump();
    }

    private static Thread Start(TestStore store, int number)
    {
        Thread thread = new(() => store.Set($"k{number}", "v"));
        thread.Start();
        return thread;
    }

    private static Task<CommitResult> CommitAsync(TestStore store, int number)
    {
        KeyValueBatch batch = new();
        batch.Set($"k{number}", TestStore.Encode("v"));
        return store.KeyValue.CommitAsync(batch).AsTask();
    }

    private readonly record struct FileInfoOf(long Bytes)
    {
        public FileInfoOf(SimulatedFileSystem files, string path)
            : this(0)
        {
            using Persistence.Storage.IFile file = files.Open(path, Persistence.Storage.FileIntent.Read);
            Bytes = file.GetLength();
        }
    }
}
