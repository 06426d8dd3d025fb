using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class MeasureLogTests
{
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
        using TestStore store = TestStore.Create(options: TestStore.SmallOptions with { Durability = Persistence.Configuration.DurabilityMode.None });
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
        disk.Open("wal/spare-0000000009", Persistence.Storage.FileIntent.CreateNew).Dispose();
        disk.Open("wal/stranger", Persistence.Storage.FileIntent.CreateNew).Dispose();
        using (Persistence.Storage.IFile kept = disk.Open("quarantine/0000000001-x", Persistence.Storage.FileIntent.CreateNew))
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
}
