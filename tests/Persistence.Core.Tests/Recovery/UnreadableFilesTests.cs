using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Storage;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>Files the device does not give any more (EIO): like damage, each has its place in the outcome table.</summary>
public sealed class UnreadableFilesTests
{
    private const int RootCopyBytes = 4096;
    private const int SectorBytes = 512;

    [Fact]
    public void The_inspector_reports_a_ROOT_that_cannot_be_read()
    {
        SampleStore sample = SampleStore.Create();
        IFileSystem files = new BadSectors(sample.Image.ToFiles(), "ROOT", 0, 4 * RootCopyBytes);
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(files));
        Assert.False(report.IsHealthy);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.RootLost && finding.Severity == FindingSeverity.Error && finding.File == "ROOT");
        Assert.True(report.SegmentsRead > 0);
    }

    [Fact]
    public void An_unreadable_newest_checkpoint_is_passed_over_for_the_older_one_and_kept()
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem disk = sample.Image.ToFiles();
        IFileSystem files = FailingReads(disk, sample.Checkpoints[^1]);
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
        Assert.Equal(sample.State, store.Dump());
        RecoveryReport report = store.Store.RecoveryReport;
        Assert.Equal(1, report.CheckpointId);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.CheckpointInvalid && finding.File == sample.Checkpoints[^1]);
        Assert.Contains(report.Quarantined, name => name.EndsWith(".full", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unreadable_checkpoint_does_not_keep_a_lost_ROOT_from_being_rebuilt()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Remove("ROOT");
        IFileSystem files = FailingReads(sample.Image.ToFiles(), sample.Checkpoints[^1]);
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog, RecoveryMode.TolerateTail);
        Assert.Equal(sample.State, store.Dump());
    }

    [Fact]
    public void An_unreadable_segment_that_is_not_needed_is_a_warning_that_says_from_where_the_log_can_be_read()
    {
        SampleStore sample = SampleStore.Create();
        IFileSystem files = FailingReads(sample.Image.ToFiles(), sample.Segments[0]);
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
        Assert.Equal(sample.State, store.Dump());
        RecoveryFinding finding = Assert.Single(store.Store.RecoveryReport.Findings, finding => finding.File == sample.Segments[0]);
        Assert.Equal((FindingKind.DamageNotNeeded, FindingSeverity.Warning), (finding.Kind, finding.Severity));
        Assert.Contains($"LSN {sample.HeaderOf(sample.Segments[1]).FirstFrameLsn} ", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, RecoveryMode.Strict)]
    [InlineData(1, RecoveryMode.Strict)]
    [InlineData(0, RecoveryMode.TolerateTail)]
    [InlineData(1, RecoveryMode.TolerateTail)]
    public void An_unreadable_segment_that_may_hold_the_end_of_the_log_refuses_with_the_cause(int aboveActive, RecoveryMode mode)
    {
        SampleStore sample = SampleStore.Create();
        string unreadable = sample.NewestSegment;
        if (aboveActive > 0)
        {
            unreadable = "wal/0000000099.wal";
            sample.Image[unreadable] = new byte[32 << 10];
        }

        SimulatedFileSystem disk = sample.Image.ToFiles();
        StoreException refused = Assert.ThrowsAny<StoreException>(() => TestStore.Open(FailingReads(disk, unreadable), SampleStore.KeepLog, mode));
        Assert.Equal((StoreError.StorageFailed, unreadable), (refused.Error, refused.File));
        Assert.Null(StoreImage.Of(disk).FindDifference(sample.Image));
    }

    [Fact]
    public void With_ROOT_lost_an_unreadable_segment_refuses_whichever_it_is()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Remove("ROOT");
        foreach (string segment in sample.Segments)
        {
            StoreException refused = Assert.ThrowsAny<StoreException>(
                () => TestStore.Open(FailingReads(sample.Image.ToFiles(), segment), SampleStore.KeepLog, RecoveryMode.TolerateTail));
            Assert.Equal((StoreError.StorageFailed, segment), (refused.Error, refused.File));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_unreadable_copy_of_ROOT_costs_nothing_but_a_warning(int copy)
    {
        SampleStore sample = SampleStore.Create(clean: true);
        IFileSystem files = new BadSectors(sample.Image.ToFiles(), "ROOT", copy * RootCopyBytes, (copy + 1) * RootCopyBytes);
        using (TestStore reader = TestStore.OpenReadOnly(files))
            Assert.Equal(sample.State, reader.Dump());
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
        Assert.Equal(sample.State, store.Dump());
        Assert.True(store.Store.RecoveryReport.WasClean);
        RecoveryFinding finding = Assert.Single(store.Store.RecoveryReport.Findings);
        Assert.Equal((FindingKind.RootCopyDamaged, FindingSeverity.Warning, "ROOT"), (finding.Kind, finding.Severity, finding.File));
        store.Set("after", "1");
    }

    [Theory]
    [InlineData(RecoveryMode.Strict)]
    [InlineData(RecoveryMode.TolerateTail)]
    public void With_every_copy_of_ROOT_unreadable_nothing_is_lost_that_may_be_read_another_time(RecoveryMode mode)
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem disk = sample.Image.ToFiles();
        IFileSystem files = new BadSectors(disk, "ROOT", 0, 4 * RootCopyBytes);
        foreach (Func<TestStore> open in (Func<TestStore>[])[() => TestStore.OpenReadOnly(files, mode), () => TestStore.Open(files, SampleStore.KeepLog, mode)])
        {
            StoreException refused = Assert.ThrowsAny<StoreException>(open);
            Assert.Equal((StoreError.StorageFailed, "ROOT"), (refused.Error, refused.File));
        }

        Assert.Null(StoreImage.Of(disk).FindDifference(sample.Image));
    }

    [Fact]
    public void A_sealed_segment_that_cannot_be_read_beyond_its_end_is_whole()
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = TestStore.Create(disk))
        {
            store.Set("a", "1");
            store.Store.RotateLog();
            store.Set("b", "2");
        }

        IFileSystem files = new BadSectors(disk, "wal/0000000001.wal", 32 << 10, 36 << 10);
        using TestStore again = TestStore.Open(files);
        Assert.Equal("a=1;b=2;", again.Dump());
        Assert.Equal(2, again.Store.ReadLog().Count());
        Assert.Empty(again.Store.RecoveryReport.Findings);
    }

    [Fact]
    public void What_cannot_be_read_of_the_newest_segment_and_is_not_needed_is_left_to_the_original_which_is_kept()
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem disk = sample.Image.ToFiles();
        long needed = sample.Root.Checkpoints[^1].RedoFrom - sample.HeaderOf(sample.NewestSegment).FirstLsn;
        Assert.True(needed > SegmentHeader.Bytes + SectorBytes);
        IFileSystem files = new BadSectors(disk, sample.NewestSegment, SegmentHeader.Bytes, SegmentHeader.Bytes + SectorBytes);
        using (TestStore reader = TestStore.OpenReadOnly(files))
            Assert.Equal(sample.State, reader.Dump());
        string expected;
        using (TestStore store = TestStore.Open(files, SampleStore.KeepLog))
        {
            Assert.Equal(sample.State, store.Dump());
            string kept = Assert.Single(store.Store.RecoveryReport.Quarantined);
            Assert.DoesNotContain("whole", kept, StringComparison.Ordinal);
            Assert.Equal(sample.Image[sample.NewestSegment], StoreImage.Of(disk)[$"quarantine/{kept}"]);
            store.Set("after", "1");
            expected = store.Dump();
        }

        using TestStore again = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending), SampleStore.KeepLog);
        Assert.Equal(expected, again.Dump());
    }

    [Theory]
    [InlineData(RecoveryMode.Strict)]
    [InlineData(RecoveryMode.TolerateTail)]
    public void An_unreadable_frame_of_the_newest_segment_that_is_needed_refuses_with_the_cause(RecoveryMode mode)
    {
        SampleStore sample = SampleStore.Create(checkpoints: 0);
        SimulatedFileSystem disk = sample.Image.ToFiles();
        int frame = sample.FramesOf(sample.NewestSegment)[1];
        IFileSystem files = new BadSectors(disk, sample.NewestSegment, frame, frame + SectorBytes);
        foreach (Func<TestStore> open in (Func<TestStore>[])[() => TestStore.OpenReadOnly(files, mode), () => TestStore.Open(files, SampleStore.KeepLog, mode)])
        {
            StoreException refused = Assert.ThrowsAny<StoreException>(open);
            Assert.Equal((StoreError.StorageFailed, sample.NewestSegment), (refused.Error, refused.File));
        }

        Assert.Null(StoreImage.Of(disk).FindDifference(sample.Image));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_inspector_reports_a_segment_whose_header_cannot_be_read(int fromNewest)
    {
        SampleStore sample = SampleStore.Create();
        string unreadable = sample.Segments[^(1 + fromNewest)];
        IFileSystem files = new BadSectors(sample.Image.ToFiles(), unreadable, 0, SegmentHeader.Bytes);
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(files));
        Assert.False(report.IsHealthy);
        Assert.Contains(report.Findings, finding => finding.Severity == FindingSeverity.Error && finding.File == unreadable);
    }

    private static FaultInjectingFileSystem FailingReads(SimulatedFileSystem disk, string path) => new(
        disk, (in StorageOperation operation) => operation.Kind == StorageOperationKind.Read && operation.Path == path ? new InjectedFault(StorageFault.Failed) : null);
}
