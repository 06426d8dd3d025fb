using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Whatever damage keeps a store from opening, the inspector finds it: nobody is told "healthy" about a store that is refused.</summary>
public sealed class InspectorAgreesTests
{
    private const int FlipStride = 97;
    private const int SectorBytes = 512;
    private const int CutStride = 1500;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_store_that_is_refused_is_not_healthy(bool clean, bool slotLost)
    {
        SampleStore sample = SampleStore.Create(SampleStore.DropLog with { Compress = false }, clean, setsAfter: 4);
        if (slotLost)
            sample.Image["ROOT"].AsSpan((int)(sample.Root.Generation & 1) * 8192, 8192).Fill(0x5A);
        int refused = 0;
        foreach ((string what, StoreImage damaged) in Damages(sample.Image))
        {
            SimulatedFileSystem files = damaged.ToFiles();
            if (Record.Exception(() => TestStore.OpenReadOnly(files).Dispose()) is not StoreException refusal)
                continue;
            refused++;
            Assert.False(IsHealthy(files), $"{what}: refused ({refusal.Message}) and healthy");
        }

        Assert.True(refused > 30, $"only {refused} were refused");
    }

    [Fact]
    public void Damage_before_a_checkpoint_does_not_make_the_checkpoint_unusable()
    {
        SampleStore sample = SampleStore.Create();
        string newest = sample.NewestSegment;
        long redoFrom = sample.Root.Checkpoints[^1].RedoFrom - sample.HeaderOf(newest).FirstLsn;
        int frame = sample.FramesOf(newest)[0];
        Assert.True(frame < redoFrom);
        sample.Image.Flip(newest, frame + FrameHeader.Bytes + 3);
        sample.AssertOpens();
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(sample.Image.ToFiles()));
        Assert.Contains(report.Findings, finding => finding.File == newest && finding.Offset == frame);
        Assert.DoesNotContain(report.Findings, finding => finding.Kind == FindingKind.CheckpointInvalid);
        Assert.Equal(2, report.CheckpointsRead);
    }

    [Theory]
    [InlineData("segment version")]
    [InlineData("segment feature")]
    [InlineData("frame version")]
    [InlineData("frame flags")]
    public void An_active_segment_of_a_newer_version_is_unsupported_and_nothing_is_called_damaged_for_it(string what)
    {
        SampleStore sample = SampleStore.Create();
        NewerVersions.Make(sample, what);
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(sample.Image.ToFiles()));
        Assert.False(report.IsHealthy);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Unsupported && finding.File == sample.NewestSegment);
        Assert.All(report.Findings, finding => Assert.Equal(FindingKind.Unsupported, finding.Kind));
    }

    [Theory]
    [InlineData("root version")]
    [InlineData("root feature")]
    [InlineData("segment version")]
    [InlineData("segment feature")]
    [InlineData("unneeded segment version")]
    [InlineData("frame version")]
    [InlineData("frame flags")]
    [InlineData("checkpoint version")]
    [InlineData("checkpoint feature")]
    [InlineData("checkpoint kind")]
    [InlineData("checkpoint trailer version")]
    [InlineData("checkpoint codec")]
    public void What_is_newer_is_found_and_called_unsupported(string what)
    {
        SampleStore sample = SampleStore.Create(SampleStore.KeepLog with { Compress = false });
        NewerVersions.Make(sample, what);
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(sample.Image.ToFiles()));
        Assert.False(report.IsHealthy);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Unsupported && finding.Severity == FindingSeverity.Error);
    }

    [Theory]
    [InlineData("segment")]
    [InlineData("checkpoint")]
    public void A_file_of_another_store_is_called_so(string what)
    {
        SampleStore sample = SampleStore.Create();
        string path = what == "segment" ? sample.Segments[0] : sample.Checkpoints[^1];
        int length = what == "segment" ? SegmentHeader.Bytes : 128;
        sample.Image.Forge(path, 16, [1, 2, 3, 4], 0, length - 4);
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(sample.Image.ToFiles()));
        Assert.False(report.IsHealthy);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.ForeignFile && finding.File == path);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_any_segment_the_log_is_missing(bool rootLost)
    {
        SampleStore sample = SampleStore.Create();
        foreach (string segment in sample.Segments)
            sample.Image.Remove(segment);
        if (rootLost)
            sample.Image["ROOT"].AsSpan().Clear();
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(sample.Image.ToFiles()));
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.SequenceGap && finding.Severity == FindingSeverity.Error);
        Assert.Equal(rootLost, report.Findings.Any(finding => finding.Kind == FindingKind.RootLost));
        Assert.Equal(0, report.SegmentsRead);
    }

    private static bool IsHealthy(SimulatedFileSystem files)
    {
        try
        {
            return StoreInspector.Inspect(TestStore.HostFor(files)).IsHealthy;
        }
        catch (StoreException e) when (e.Error is StoreError.StoreNotFound or StoreError.StorageFailed)
        {
            return false;
        }
    }

    private static IEnumerable<(string What, StoreImage Damaged)> Damages(StoreImage image)
    {
        foreach (string path in image.Paths)
        {
            int length = image[path].Length;
            for (int offset = 0; offset < length; offset += FlipStride)
                yield return ($"a flip in {path} at {offset}", Change(image, path, bytes => bytes[offset] ^= 1));
            for (int offset = 0; offset < length; offset += SectorBytes)
                yield return ($"zeros in {path} at {offset}", Change(image, path, bytes => bytes.AsSpan(offset, Math.Min(SectorBytes, length - offset)).Clear()));
            for (int cut = 0; cut < length; cut += CutStride)
            {
                StoreImage shorter = image.Copy();
                shorter[path] = shorter[path][..cut];
                yield return ($"{path} cut to {cut}", shorter);
            }

            StoreImage without = image.Copy();
            without.Remove(path);
            yield return ($"{path} missing", without);
        }
    }

    private static StoreImage Change(StoreImage image, string path, Action<byte[]> change)
    {
        StoreImage changed = image.Copy();
        change(changed[path]);
        return changed;
    }
}
