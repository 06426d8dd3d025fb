using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>With no checkpoint left the state comes from the whole log, which is then needed from its beginning again.</summary>
public sealed class FromTheBeginningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_log_is_kept_from_its_beginning_until_there_are_two_checkpoints_again(bool clean)
    {
        SampleStore sample = WithoutCheckpoints(clean);
        SimulatedFileSystem files = sample.Image.ToFiles();
        string expected;
        using (TestStore store = TestStore.Open(files, SampleStore.DropLog))
        {
            Assert.Null(store.Store.RecoveryReport.CheckpointId);
            Assert.Equal(sample.State, store.Dump());
            store.Store.TakeCheckpoint();
            store.Set("after", "1");
            expected = store.Dump();
        }

        StoreImage image = StoreImage.Of(files);
        image.Flip(Assert.Single(image.Paths, path => path.StartsWith("checkpoints/", StringComparison.Ordinal)), 200);
        using TestStore again = TestStore.Open(image.ToFiles(), SampleStore.DropLog);
        Assert.Equal(expected, again.Dump());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_first_segment_that_is_missing_then_is_found_by_opening_and_inspector_alike(bool clean)
    {
        SampleStore sample = WithoutCheckpoints(clean);
        SimulatedFileSystem files = sample.Image.ToFiles();
        TestStore.Open(files, SampleStore.KeepLog).Dispose();
        StoreImage image = StoreImage.Of(files);
        image.Remove(sample.Segments[0]);
        StoreException refused = Assert.ThrowsAny<StoreException>(() => TestStore.Open(image.ToFiles(), SampleStore.KeepLog));
        Assert.Equal((StoreError.SequenceGap, sample.Segments[0]), (refused.Error, refused.File));
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(image.ToFiles()));
        Assert.False(report.IsHealthy);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.SequenceGap && finding.Severity == FindingSeverity.Error && finding.File == sample.Segments[0]);
    }

    private static SampleStore WithoutCheckpoints(bool clean)
    {
        SampleStore sample = SampleStore.Create(clean: clean);
        foreach (string checkpoint in sample.Checkpoints)
            sample.Image.Flip(checkpoint, 200);
        return sample;
    }
}
