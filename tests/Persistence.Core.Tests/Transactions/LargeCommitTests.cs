using System.Globalization;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Transactions;

/// <summary>Commits that take several frames.</summary>
public sealed class LargeCommitTests
{
    private const int Items = 60;
    private static readonly string Large = new('x', 1000);

    public static TheoryData<DurabilityMode> Modes => [DurabilityMode.Sync, DurabilityMode.Batch, DurabilityMode.None];

    private static StoreOptions Options => TestStore.SmallOptions with { FrameBytesMax = 8 << 10, SegmentBytes = 32 << 10 };

    [Theory]
    [MemberData(nameof(Modes))]
    public void All_of_it_counts_at_once_live_and_after_reopening(DurabilityMode durability)
    {
        SimulatedFileSystem files = new();
        string expected;
        using (TestStore store = TestStore.Create(files, Options with { Durability = durability }))
        {
            store.Set("before", "1");
            CommitResult result = CommitLarge(store, "a");
            store.Set("after", "1");
            Assert.Equal(Items + 2, store.KeyValue.Count);
            Assert.All(store.KeyValue.FindByPrefix("a/"), item => Assert.Equal(result.First.Value, item.TransactionId));
            LogEntry[] entries = [.. store.Store.ReadLog(result.First)];
            Assert.Equal(RecordType.TransactionBegin, entries[0].Type);
            Assert.Equal(RecordType.TransactionCommit, entries[Items + 1].Type);
            Assert.Equal(result.First, entries[0].Lsn);
            Assert.All(entries.Take(Items + 2), entry => Assert.Equal(result.First.Value, entry.TransactionId));
            expected = store.Dump();
        }

        using TestStore again = TestStore.Open(files, Options);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public async Task Nothing_of_it_is_seen_before_its_end()
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options));
        using Snapshot snapshot = store.Store.OpenSnapshot();
        OperationStop third = blocker.StopAtLogWrite(3);
        Task<CommitResult> committing = Task.Run(() => CommitLarge(store, "a"), TestContext.Current.CancellationToken);
        third.WaitUntilReached();
        Assert.Equal("", store.Dump());
        Assert.Null(store.KeyValue.Find("a/0"));
        third.Release();
        CommitResult result = await committing;
        Assert.Equal(Items, store.KeyValue.Count);
        Assert.Equal(0, store.KeyValue.At(snapshot).Count);
        Assert.True(result.End > result.First);
    }

    [Fact]
    public async Task Others_commit_after_it_and_keep_their_order()
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options));
        OperationStop third = blocker.StopAtLogWrite(3);
        Task<CommitResult> large = Task.Run(() => CommitLarge(store, "a"), TestContext.Current.CancellationToken);
        third.WaitUntilReached();
        Task<CommitResult> small = Task.Run(() => store.Set("a/0", "small"), TestContext.Current.CancellationToken);
        ValueTask<CommitResult> other = CommitLargeAsync(store, "b", third);
        CommitResult first = await large;
        Assert.True((await small).First >= first.End);
        Assert.True((await other).First >= first.End);
        Assert.Equal("small", store.Get("a/0"));
        Assert.Equal(2 * Items, store.KeyValue.Count);
    }

    [Fact]
    public void Its_records_know_what_they_replaced()
    {
        using TestStore store = TestStore.Create(options: Options);
        store.Set("a/0", "old");
        CommitResult result = CommitLarge(store, "a");
        LogEntry write = store.Store.ReadLog(result.First).Single(entry => entry.Type == new RecordType(StateModelId.KeyValue, 1) && TestStore.Decode(entry.Payload) == "a/0");
        // key, value, previous: [value].
        Assert.Equal(TestStore.Encode("old"), write.Payload.ToArray()[^TestStore.Encode("old").Length..]);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_crash_in_the_middle_leaves_nothing_of_it(DurabilityMode durability)
    {
        // At every write in turn.
        for (int write = 1; ; write++)
        {
            SimulatedFileSystem disk = new();
            using (TestStore store = TestStore.Create(disk, Options with { Durability = durability }))
                store.Set("before", "1");
            int seen = 0;
            FaultInjectingFileSystem failing = new(disk, (in StorageOperation operation) =>
                operation.Kind == StorageOperationKind.Write && operation.Path.StartsWith("wal/", StringComparison.Ordinal) && ++seen >= write ? new InjectedFault(StorageFault.Failed) : null);
            bool failed = false;
            try
            {
                using TestStore store = TestStore.Open(failing, Options with { Durability = durability });
                seen = 0;
                CommitLarge(store, "a");
                store.Store.Flush();
            }
            catch (StoreException)
            {
                failed = true;
            }

            using TestStore again = TestStore.Open(disk, Options);
            Assert.Equal(failed ? 1 : Items + 1, again.KeyValue.Count);
            again.Set("a/0", "later");
            if (!failed)
            {
                Assert.True(write > 3);
                return;
            }
        }
    }

    [Fact]
    public async Task An_unfinished_one_is_reported()
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options));
        OperationStop fourth = blocker.StopAtLogWrite(4);
        Task<CommitResult> committing = Task.Run(() => CommitLarge(store, "a"), TestContext.Current.CancellationToken);
        fourth.WaitUntilReached();
        SimulatedFileSystem killed = blocker.Disk.CrashImage(CrashImageKind.KeepEverything);
        fourth.Release();
        await committing;
        using TestStore again = TestStore.Open(killed, Options);
        Assert.Equal(0, again.KeyValue.Count);
        Assert.Empty(again.Store.ReadLog());
        Assert.Contains(again.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.TransactionRolledBack);
    }

    [Fact]
    public async Task One_whose_writer_is_at_work_is_not_called_cut_short()
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options));
        OperationStop fourth = blocker.StopAtLogWrite(4);
        Task<CommitResult> committing = Task.Run(() => CommitLarge(store, "a"), TestContext.Current.CancellationToken);
        fourth.WaitUntilReached();
        StoreHost beside = TestStore.HostFor(blocker.Disk) with { IsProcessAlive = static (_, _) => true };
        using (PersistenceStore reader = PersistenceStore.OpenReadOnly(beside, [new KeyValueState()]))
            Assert.Equal([FindingKind.WriterActive], reader.RecoveryReport.Findings.Select(finding => finding.Kind));
        fourth.Release();
        await committing;
    }

    [Fact]
    public async Task A_checkpoint_in_the_middle_keeps_the_log_of_it()
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options with { CheckpointsRetained = 1 }));
        store.Set("before", "1");
        OperationStop later = blocker.StopAtLogWrite(6);
        Task<CommitResult> committing = Task.Run(() => CommitLarge(store, "a"), TestContext.Current.CancellationToken);
        later.WaitUntilReached();
        Task<Persistence.Checkpoints.CheckpointInfo> taking = Task.Run(() => store.Store.TakeCheckpoint(), TestContext.Current.CancellationToken);
        later.Release();
        await committing;
        await taking;
        Assert.Equal(Items + 1, store.KeyValue.Count);
        string expected = store.Dump();
        using TestStore killed = TestStore.Open(blocker.Disk.CrashImage(CrashImageKind.KeepEverything), Options);
        Assert.Equal(expected, killed.Dump());
    }

    [Fact]
    public void A_conflict_refuses_all_of_it_before_anything_is_logged()
    {
        using TestStore store = TestStore.Create(options: Options);
        store.Set("read", "1");
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        state.Find("read");
        for (int i = 0; i < Items; i++)
            state.Set($"a/{i}", TestStore.Encode(Large));
        store.Set("read", "2");
        long records = store.Store.GetStatus().Log.Records;
        Assert.Throws<TransactionConflictException>(() => transaction.Commit());
        Assert.Equal(records, store.Store.GetStatus().Log.Records);
        store.Set("after", "1");
        Assert.Equal("after=1;read=2;", store.Dump());
    }

    [Fact]
    public void When_space_runs_out_in_the_middle_nothing_of_it_counts_and_the_store_goes_on()
    {
        SimulatedFileSystem disk = new();
        bool isFull = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            isFull && operation.Kind == StorageOperationKind.Allocate ? new InjectedFault(StorageFault.DiskFull) : null);
        using TestStore store = TestStore.Create(files, Options);
        store.Set("before", "1");
        isFull = true;
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        for (int i = 0; i < Items; i++)
            state.Set($"a/{i}", TestStore.Encode(Large));
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(TransactionStatus.Active, transaction.Status);
        Assert.Equal("before=1;", store.Dump());
        Assert.Equal(0, store.KeyValue.PendingCount);
        isFull = false;
        store.Set("between", "1");
        CommitResult result = transaction.Commit();
        Assert.Equal(Items + 2, store.KeyValue.Count);
        // What was withdrawn is in the log, and is not shown; that it was withdrawn is.
        LogEntry[] entries = [.. store.Store.ReadLog()];
        Assert.Equal(1 + 1 + 1 + Items + 2, entries.Length);
        Assert.Equal(RecordType.TransactionAbort, entries[1].Type);
        Assert.Equal(entries.Length - 10, store.Store.ReadLog(entries[10].Lsn).Count());
        Assert.All(entries.Skip(3), entry => Assert.Equal(result.First.Value, entry.TransactionId));
        store.Store.Close();
        using TestStore again = TestStore.Open(disk, Options);
        Assert.Equal(Items + 2, again.KeyValue.Count);
    }

    [Fact]
    public void A_commit_whose_records_are_not_there_is_refused()
    {
        StateModels models = new([new KeyValueState()]);
        CommandBatch batch = new();
        TransactionRecords.AddCommit(batch, 3);
        byte[] payload = batch.GetPayload(0).ToArray();
        LogRecord Commit() => new() { Lsn = new Lsn(5000), Type = RecordType.TransactionCommit, Version = 1, TransactionId = 4000, Payload = payload };
        Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => models.Apply(Commit())).Error);
    }

    [Fact]
    public void Even_one_of_hundreds_of_megabytes_is_one_step()
    {
        const int Count = 300;
        byte[] value = TestStore.Encode(new string('y', 1 << 20));
        StoreOptions options = TestStore.SmallOptions with { SegmentBytes = 16 << 20, SectorBytes = 4096 };
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files, options))
        {
            using Transaction transaction = store.Store.BeginTransaction();
            KeyValueTransaction state = store.KeyValue.In(transaction);
            for (int i = 0; i < Count; i++)
                state.Set($"k/{i}", value);
            transaction.Commit();
            Assert.Equal(Count, store.KeyValue.Count);
        }

        using TestStore again = TestStore.Open(files, options);
        Assert.Equal(Count, again.KeyValue.Count);
        Assert.Equal(value.Length, again.KeyValue.Find("k/7")!.Value.Length);
    }

    private static CommitResult CommitLarge(TestStore store, string prefix)
    {
        using Transaction transaction = store.Store.BeginTransaction();
        Fill(store, transaction, prefix);
        return transaction.Commit();
    }

    private static ValueTask<CommitResult> CommitLargeAsync(TestStore store, string prefix, OperationStop before)
    {
        Transaction transaction = store.Store.BeginTransaction();
        Fill(store, transaction, prefix);
        before.Release();
        return transaction.CommitAsync();
    }

    private static void Fill(TestStore store, Transaction transaction, string prefix)
    {
        KeyValueTransaction state = store.KeyValue.In(transaction);
        for (int i = 0; i < Items; i++)
            state.Set(string.Create(CultureInfo.InvariantCulture, $"{prefix}/{i}"), TestStore.Encode(Large));
    }
}
