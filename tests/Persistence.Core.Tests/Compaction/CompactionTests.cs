using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Compaction;

public class CompactionTests
{
    private static readonly StoreOptions _options = TestStore.SmallOptions with { SegmentBytes = 32 << 10, CheckpointIncrementFromBytes = 0, CompactionRatioPercent = 0, LogRetainBytes = 1 << 30 };

    [Fact]
    public void A_chain_becomes_one_checkpoint_and_the_state_stays_what_it_was()
    {
        using TestStore store = Make(new SimulatedFileSystem());
        CompactionReport report = store.Store.Compact();
        Assert.Equal((CompactionReason.Requested, 4), (report.Reason, report.IncrementsMerged));
        CheckpointInfo newest = store.Store.GetCheckpoints()[^1];
        Assert.Equal((report.CheckpointId, true), (newest.Id, newest.IsFull));
        Assert.Equal(report, store.Store.GetStatus().LastCompaction);
        using TestStore again = TestStore.Open(((SimulatedFileSystem)store.Files).CrashImage(CrashImageKind.DropPending), _options);
        Assert.Equal(newest.Id, again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Fact]
    public void A_chain_that_is_replaced_while_its_age_is_looked_at_is_no_failure()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        StoreOptions options = _options with { CompactionAgeSeconds = 3600, CheckpointsRetained = 1 };
        TestStore store = disk.Own(TestStore.Create(TestStore.HostFor(disk.Files) with { Scheduler = scheduler }, options));
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        OperationStop looking = disk.StopNext(static operation => operation.Kind == StorageOperationKind.Open && operation.Path == "checkpoints/0000000001.full" && Thread.CurrentThread.Name == "store-background");
        store.Set("a", "2");
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        store.Set("a", "3");
        looking.WaitUntilReached();
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        int rests = scheduler.SleepsOf("store-background") + scheduler.PausesOf("store-background");
        looking.Release();
        Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf("store-background") + scheduler.PausesOf("store-background") > rests, BackgroundCall.Patience));
        Assert.Null(store.Store.GetStatus().CompactionFailure);
        Assert.Null(store.Store.GetStatus().Degraded);
    }

    [Fact]
    public void Where_nothing_has_changed_only_log_goes()
    {
        using TestStore store = Make(new SimulatedFileSystem());
        store.Store.Compact(new CompactionRequest { Keep = 1 });
        CompactionReport report = store.Store.Compact(new CompactionRequest { LogBytes = 0 });
        Assert.Null(report.CheckpointId);
        Assert.True(report.SegmentsRemoved > 2);
        Assert.True(report.LogBytesAfter < report.LogBytesBefore);
        Assert.Null(store.Store.Compact().CheckpointId);
    }

    [Fact]
    public void Progress_goes_from_nothing_to_the_end_and_tells_what_remains()
    {
        SimulatedFileSystem files = new();
        using TestStore store = Make(files);
        for (int i = 0; i < 400; i++)
            store.Set($"large{i}", new string((char)('a' + (i % 26)), 5_000));
        List<CompactionProgress> told = [];
        List<CompactionProgress?> shown = [];
        store.Store.Compact(new CompactionRequest
        {
            Progress = made =>
            {
                told.Add(made);
                shown.Add(store.Store.GetStatus().RunningCompaction);
            },
        });
        Assert.Equal([CompactionPhase.Merging, CompactionPhase.Verifying, CompactionPhase.RemovingLog], told.Select(made => made.Phase).Distinct());
        Assert.Equal(told.Select(made => made.Share).Order(), told.Select(made => made.Share));
        Assert.All(told, made => Assert.InRange(made.Share, 0, 1));
        Assert.Contains(told, made => made.Remaining > TimeSpan.Zero);
        Assert.Equal(told.Select(made => (CompactionProgress?)made), shown);
        Assert.Null(store.Store.GetStatus().RunningCompaction);
    }

    [Fact]
    public void Given_up_it_leaves_everything_as_it_was()
    {
        using TestStore store = Make(new SimulatedFileSystem());
        long[] before = [.. store.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id)];
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => store.Store.Compact(new CompactionRequest { Stop = stop.Token, Progress = _ => stop.Cancel() }));
        Assert.Equal(before, store.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id));
        Assert.Empty(store.Files.List(AtomicFile.StagingDirectory));
        store.Store.Compact();
    }

    [Fact]
    public void Cut_anywhere_nothing_is_lost()
    {
        SimulatedFileSystem disk = new();
        List<(string Operation, SimulatedFileSystem Image)> images = [];
        bool compacting = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (compacting)
            {
                images.Add((operation.ToString(), disk.CrashImage(CrashImageKind.DropPending)));
                images.Add((operation.ToString(), disk.CrashImage(CrashImageKind.KeepEverything)));
            }

            return null;
        });
        using TestStore store = Make(files);
        compacting = true;
        store.Store.Compact(new CompactionRequest { LogBytes = 0, Keep = 1 });
        compacting = false;
        Assert.True(images.Count > 40);
        foreach ((string operation, SimulatedFileSystem image) in images)
        {
            using TestStore again = TestStore.Open(image, _options);
            Assert.True(store.Dump() == again.Dump(), operation);
            again.Store.Compact();
        }
    }

    [Fact]
    public void One_that_is_due_and_fails_is_told_and_tried_again()
    {
        SimulatedFileSystem disk = new();
        bool fails = true;
        int checkpoints = 0;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Rename && operation.Path.EndsWith(".full", StringComparison.Ordinal) && Interlocked.Increment(ref checkpoints) > 1
                ? new InjectedFault(StorageFault.DiskFull) : null);
        using TestStore store = TestStore.Create(files, _options with { CompactionSizeBytes = 1 });
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        store.Set("a", "2");
        store.Store.TakeCheckpoint();
        Assert.True(SpinWait.SpinUntil(() => { store.Set("b", "1"); return store.Store.GetStatus().CompactionFailure is not null; }, TimeSpan.FromMinutes(1)));
        Assert.Equal(StoreError.DiskFull, ((StoreException)store.Store.GetStatus().Degraded!).Error);
        Assert.Contains(store.Store.CheckHealth().Probes, probe => probe.Name == HealthProbes.Compaction && probe.Status == HealthStatus.Degraded);
        fails = false;
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().LastCompaction is not null, TimeSpan.FromMinutes(2)));
        Assert.Null(store.Store.GetStatus().CompactionFailure);
    }

    private static TestStore Make(IFileSystem files)
    {
        TestStore store = TestStore.Create(files, _options);
        for (int i = 0; i < 5; i++)
        {
            for (int key = 0; key < 6; key++)
                store.Set($"k{key + i}", new string('x', 3_000));
            store.KeyValue.Delete($"k{i}");
            store.Store.TakeCheckpoint();
        }

        store.Set("after", "1");
        return store;
    }
}
