using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>What damaging every file in every way has brought to light.</summary>
public sealed class FoundByDamageTests
{
    /// <summary>
    /// OWNER and the newest segment changed places. Opening wrote its own description over the segment's bytes before it looked, was refused, and put
    /// back no more than 4 KiB of them: the log was gone for good.
    /// </summary>
    [Fact]
    public void A_segment_under_the_name_of_OWNER_survives_a_refused_opening()
    {
        SampleStore sample = SampleStore.Create();
        byte[] segment = Exchange(sample, "OWNER", sample.NewestSegment);
        sample.AssertRefused(StoreError.ChecksumMismatch);
        Assert.Equal(segment, sample.Image["OWNER"]);
    }

    /// <summary>Nor is it overwritten when opening goes on without it.</summary>
    [Fact]
    public void A_segment_under_the_name_of_OWNER_goes_to_quarantine_when_the_store_opens_without_it()
    {
        SampleStore sample = SampleStore.Create();
        byte[] segment = Exchange(sample, "OWNER", sample.NewestSegment);
        SimulatedFileSystem files = sample.Image.ToFiles();
        using (TestStore reader = TestStore.OpenReadOnly(files, RecoveryMode.TolerateTail))
            Assert.Contains(reader.Store.RecoveryReport.Actions, action => action.Contains("'OWNER' is something else", StringComparison.Ordinal));
        using (TestStore store = TestStore.Open(files, SampleStore.KeepLog, RecoveryMode.TolerateTail))
        {
            string kept = Assert.Single(store.Store.RecoveryReport.Quarantined, name => name.EndsWith("-OWNER", StringComparison.Ordinal));
            Assert.Equal(segment, StoreImage.Of(files)[$"quarantine/{kept}"]);
            Assert.Equal(42, Persistence.Locking.LockOwner.TryRead(files)!.ProcessId);
            store.Set("after", "1");
        }

        using TestStore again = TestStore.Open(files, SampleStore.KeepLog);
        Assert.Equal("1", again.Get("after"));
    }

    /// <summary>
    /// A segment that ROOT still needs, as the way back from a damaged checkpoint, was gone. The newest checkpoint being whole, opening succeeded,
    /// and the application records in the segment were missing without a word.
    /// </summary>
    [Fact]
    public void A_missing_segment_that_only_an_older_checkpoint_needs_is_reported()
    {
        SampleStore sample = SampleStore.Create();
        string lost = SegmentNames.Path(sample.Root.OldestNeededSequence);
        sample.Image.Remove(lost);
        RecoveryReport report = sample.AssertOpens();
        RecoveryFinding finding = Assert.Single(report.Findings, finding => finding.Severity == FindingSeverity.Warning);
        Assert.Equal(FindingKind.SequenceGap, finding.Kind);
        Assert.Equal(lost, finding.File);
        Assert.Contains("can no longer be read", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>What lies below what ROOT needs retention may have removed: nothing tells the difference.</summary>
    [Fact]
    public void A_missing_segment_that_retention_may_have_removed_is_not_reported()
    {
        SampleStore sample = SampleStore.Create(checkpoints: 4);
        Assert.True(sample.Root.OldestNeededSequence > 1);
        sample.Image.Remove(SegmentNames.Path(1));
        Assert.DoesNotContain(sample.AssertOpens().Findings, finding => finding.Severity != FindingSeverity.Information);
    }

    /// <summary>
    /// The last frame of a store that was not closed was zeroed whole. It cannot be told from space that was never used; that it cannot, and
    /// from which position on, was nowhere in the report.
    /// </summary>
    [Fact]
    public void That_a_last_frame_may_have_been_lost_whole_is_said_where_it_cannot_be_excluded()
    {
        SampleStore sample = SampleStore.Create();
        int last = sample.FramesOf(sample.NewestSegment)[^1];
        long lsn = sample.HeaderOf(sample.NewestSegment).FirstLsn.Value + last;
        sample.Image[sample.NewestSegment].AsSpan(last).Clear();
        using TestStore store = TestStore.Open(sample.Image.ToFiles(), SampleStore.KeepLog);
        Assert.NotEqual(sample.State, store.Dump());
        RecoveryFinding finding = Assert.Single(store.Store.RecoveryReport.Findings, finding => finding.Lsn?.Value == lsn);
        Assert.Equal(FindingKind.UncleanShutdown, finding.Kind);
        Assert.Contains($"ends at LSN {lsn}; whether a write after it was lost whole cannot be told", finding.Message, StringComparison.Ordinal);
    }

    private static byte[] Exchange(SampleStore sample, string path, string other)
    {
        (sample.Image[path], sample.Image[other]) = (sample.Image[other], sample.Image[path]);
        return sample.Image[path];
    }
}
