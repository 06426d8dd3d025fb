using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class MeasureLogTests
{
    private const int Items = 60;

    private static readonly StoreOptions s_severalFrames = TestStore.SmallOptions with { FrameBytesMax = 8 << 10, SegmentBytes = 32 << 10 };

    [Fact]
    public void The_log_is_added_up_by_kind_and_by_frame()
    {
        SimulatedFileSystem disk = new();
        ManualClock clock = new();
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(disk, clock: clock));
        store.Set("a", "1");
        store.KeyValue.Delete("a");
        clock.Advance(TimeSpan.FromHours(1));
        KeyValueBatch batch = new();
        for (int i = 0; i < 5; i++)
            batch.Set($"b{i}", TestStore.Encode(new string('x', 200)));
        store.KeyValue.Commit(batch);
        byte[] value = TestStore.Encode("0123456789");
        store.Store.AppendRecord("login", value);
        store.Store.AppendRecord("login", value);
        CommitResult last = store.Store.AppendRecord("logout", value);
        LogMeasure measure = store.Store.MeasureLog();
        Assert.Equal(
            ["Write  6", "ApplicationRecord login 2", "ApplicationRecord logout 1", "Delete  1"],
            measure.Kinds.Select(kind => $"{(kind.Type == RecordType.ApplicationRecord ? "ApplicationRecord" : kind.Type.Kind == 1 ? "Write" : "Delete")} {kind.Name} {kind.Count}"));
        Assert.Equal(store.Store.ReadLog().Sum(record => (long)record.Payload.Length), measure.PayloadBytes);
        Assert.Equal(measure.PayloadBytes, measure.Kinds.Sum(kind => kind.PayloadBytes));
        Assert.Equal(2 * (1 + 6 + value.Length), measure.Kinds[1].PayloadBytes);
        Assert.Equal((10, 6, 0, (5 * 512) + 1536), (measure.Records, measure.Frames, measure.Markers, measure.FrameBytes));
        Assert.Equal((6, 10 / 6.0, 1, 5, 5), (measure.RecordsPerFrame.Count, measure.RecordsPerFrame.Mean, measure.RecordsPerFrame.P50, measure.RecordsPerFrame.P99, measure.RecordsPerFrame.Max));
        Assert.Equal((512, 1536), (measure.BytesPerFrame.P50, measure.BytesPerFrame.Max));
        Assert.Equal((ManualClock.Start, ManualClock.Start.AddHours(1)), (measure.Oldest, measure.Newest));
        Assert.Equal((store.Store.ReadLog().First().Lsn, last.First), (measure.FirstLsn, measure.LastLsn));
    }

    [Fact]
    public void A_reader_measures_the_same_and_an_empty_log_is_nothing()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk);
        Assert.Equivalent(new LogMeasure(), store.Store.MeasureLog(), strict: true);
        for (int i = 0; i < 500; i++)
            store.Set($"k{i}", new string('x', i));
        using TestStore reader = TestStore.OpenReadOnly(disk);
        LogMeasure measure = reader.Store.MeasureLog();
        Assert.Equal(500, measure.Records);
        Assert.Equivalent(store.Store.MeasureLog(), measure, strict: true);
    }

    [Fact]
    public void A_commit_of_several_frames_that_ran_out_of_space_is_told_apart_from_what_counts()
    {
        bool isFull = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            isFull && operation.Kind == StorageOperationKind.Allocate ? new InjectedFault(StorageFault.DiskFull) : null);
        using TestStore store = TestStore.Create(files, s_severalFrames);
        store.Set("before", "1");
        using Transaction transaction = store.Store.BeginTransaction();
        Fill(store, transaction);
        isFull = true;
        Assert.Throws<StorageException>(() => transaction.Commit());
        isFull = false;
        LogMeasure aborted = store.Store.MeasureLog();
        Assert.Equal(["Write 1", "TransactionAbort 1"], Describe(aborted));
        AssertAddsUp(store.Store, aborted);
        Assert.InRange(aborted.UncommittedRecords, 10, Items);
        // One of them only says that a transaction begins.
        Assert.InRange(aborted.UncommittedBytes, (aborted.UncommittedRecords - 1) * 1000, aborted.UncommittedRecords * 1100);
        transaction.Commit();
        LogMeasure measure = store.Store.MeasureLog();
        Assert.Equal([$"Write {Items + 1}", "TransactionCommit 1", "TransactionBegin 1", "TransactionAbort 1"], Describe(measure));
        AssertAddsUp(store.Store, measure);
        Assert.Equal((aborted.UncommittedRecords, aborted.UncommittedBytes), (measure.UncommittedRecords, measure.UncommittedBytes));
    }

    [Fact]
    public void A_commit_of_several_frames_that_a_crash_cut_short_is_told_apart_before_and_after_recovery()
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, s_severalFrames));
        store.Set("before", "1");
        OperationStop fourth = blocker.StopAtLogWrite(4);
        using Transaction transaction = store.Store.BeginTransaction();
        Fill(store, transaction);
        BackgroundCall commit = new("commit", () => transaction.Commit());
        fourth.WaitUntilReached();
        SimulatedFileSystem crashed = blocker.Disk.CrashImage(CrashImageKind.KeepEverything);
        fourth.Release();
        commit.Succeeded();
        Assert.Equal(0, store.Store.MeasureLog().UncommittedRecords);

        long uncommitted;
        using (TestStore reader = TestStore.OpenReadOnly(crashed))
        {
            LogMeasure measure = reader.Store.MeasureLog();
            Assert.Equal(["Write 1"], Describe(measure));
            AssertAddsUp(reader.Store, measure);
            uncommitted = measure.UncommittedRecords;
            Assert.InRange(uncommitted, 10, Items);
        }

        using TestStore again = TestStore.Open(crashed, s_severalFrames);
        again.Set("after", "1");
        LogMeasure recovered = again.Store.MeasureLog();
        Assert.Equal(["Write 2"], Describe(recovered));
        AssertAddsUp(again.Store, recovered);
        Assert.Equal(uncommitted, recovered.UncommittedRecords);
    }

    [Fact]
    public void Markers_are_counted_apart()
    {
        SimulatedFileSystem disk = new();
        WatchedScheduler scheduler = new();
        using TestStore store = TestStore.Create(TestStore.HostFor(disk) with { Scheduler = scheduler }, TestStore.SmallOptions with { MarkerDelayMs = 10 });
        store.Set("a", "1");
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().Log.Frames == 2, BackgroundCall.Patience));
        store.Set("a", "2");
        LogMeasure measure = store.Store.MeasureLog();
        Assert.Equal((2, 2), (measure.Records, measure.Frames));
        Assert.InRange(measure.Markers, 1, 2);
        Assert.Equal(2, measure.BytesPerFrame.Count);
    }

    [Fact]
    public void Names_of_application_records_are_told_up_to_a_few_hundred()
    {
        using TestStore store = TestStore.Create(options: TestStore.SmallOptions with { Durability = DurabilityMode.None });
        for (int i = 0; i < 400; i++)
            store.Store.AppendRecord($"type-{i}", TestStore.Encode("x"));
        LogMeasure measure = store.Store.MeasureLog();
        Assert.Equal(400, measure.Records);
        Assert.Equal(257, measure.Kinds.Count);
        Assert.Equal(400 - 256, measure.Kinds.Single(kind => kind.Name is null).Count);
    }

    [Fact]
    public void Files_are_counted_with_their_bytes()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk);
        long checkpointBytes = store.Store.TakeCheckpoint().FileBytes;
        disk.Open("wal/spare-0000000009", FileIntent.CreateNew).Dispose();
        disk.Open("wal/stranger", FileIntent.CreateNew).Dispose();
        using (IFile kept = disk.Open("quarantine/0000000001-x", FileIntent.CreateNew))
            kept.Write(new byte[10], 0);
        Assert.Equal(
            new StoreUsage { Segments = 1, SegmentBytes = 64 << 10, Spares = 1, Checkpoints = 1, CheckpointBytes = checkpointBytes, Quarantined = 1, QuarantineBytes = 10 },
            store.Store.MeasureFiles());
    }

    [Fact]
    public void Measuring_says_how_far_it_is_and_can_be_stopped()
    {
        using TestStore store = TestStore.Create();
        store.Set("a", "1");
        List<RecoveryProgress> told = [];
        store.Store.MeasureLog(told.Add);
        Assert.Equal([new RecoveryProgress(RecoveryPhase.Replaying, 512, 64 << 10, 1)], told);
        Assert.Throws<OperationCanceledException>(() => store.Store.MeasureLog(_ => throw new OperationCanceledException()));
    }

    private static void Fill(TestStore store, Transaction transaction)
    {
        for (int i = 0; i < Items; i++)
            store.KeyValue.In(transaction).Set($"a/{i:D2}", TestStore.Encode(new string('x', 1000)));
    }

    /// <summary>The figures of what counts are those of the records that can be read; with the others they are all that is in the frames.</summary>
    private static void AssertAddsUp(PersistenceStore store, LogMeasure measure)
    {
        LogEntry[] read = [.. store.ReadLog()];
        Assert.Equal((read.Length, read.Sum(record => (long)record.Payload.Length)), (measure.Records, measure.PayloadBytes));
        Assert.Equal((measure.Records, measure.PayloadBytes), (measure.Kinds.Sum(kind => kind.Count), measure.Kinds.Sum(kind => kind.PayloadBytes)));
        Assert.Equal(measure.Records + measure.UncommittedRecords, measure.RecordsPerFrame.Mean * measure.Frames, 0.001);
        Assert.InRange(measure.PayloadBytes + measure.UncommittedBytes, 0, measure.FrameBytes);
    }

    private static string[] Describe(LogMeasure measure) => [.. measure.Kinds.Select(kind => $"{NameOf(kind.Type)} {kind.Count}")];

    private static string NameOf(RecordType type) => type switch
    {
        _ when type == RecordType.TransactionBegin => nameof(RecordType.TransactionBegin),
        _ when type == RecordType.TransactionCommit => nameof(RecordType.TransactionCommit),
        _ when type == RecordType.TransactionAbort => nameof(RecordType.TransactionAbort),
        _ => "Write",
    };
}
