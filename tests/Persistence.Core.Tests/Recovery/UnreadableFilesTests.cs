using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>Files the device does not give any more (EIO): like damage, each has its place in the outcome table.</summary>
public sealed class UnreadableFilesTests
{
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

    private static FaultInjectingFileSystem FailingReads(SimulatedFileSystem disk, string path) => new(
        disk, (in StorageOperation operation) => operation.Kind == StorageOperationKind.Read && operation.Path == path ? new InjectedFault(StorageFault.Failed) : null);
}
