using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>Torn tails and damage, end to end.</summary>
public sealed class TornTailTests
{
    [Theory]
    [InlineData("boot-1")]
    [InlineData("boot-2")]
    public void A_last_frame_written_up_to_any_byte_is_dropped_and_reported(string bootId)
    {
        SampleStore sample = SampleStore.Create(setsAfter: 2);
        string before = SampleStore.Create(setsAfter: 1).State;
        string segment = sample.NewestSegment;
        int frame = sample.FramesOf(segment)[^1];
        byte[] whole = [.. sample.Image[segment]];
        int end = Array.FindLastIndex(whole, value => value != 0) + 1;
        for (int written = frame; written < end; written += written < frame + 80 ? 1 : 37)
        {
            sample.Image[segment] = [.. whole];
            sample.Image[segment].AsSpan(written).Clear();
            RecoveryReport report = sample.AssertOpens(state: before, bootId: bootId);
            if (written >= frame + FrameHeader.Bytes)
                Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.TornTail && finding.Severity == FindingSeverity.Warning && finding.Offset == frame);
        }
    }

    [Fact]
    public void Any_choice_of_the_sectors_of_the_last_frame_is_a_torn_tail()
    {
        SampleStore sample = SampleStore.Create(setsAfter: 2);
        string before = SampleStore.Create(setsAfter: 1).State;
        string segment = sample.NewestSegment;
        int frame = sample.FramesOf(segment)[^1];
        byte[] whole = [.. sample.Image[segment]];
        int end = Array.FindLastIndex(whole, value => value != 0) + 1;
        int sectors = (end - frame + 511) / 512;
        Assert.InRange(sectors, 2, 8);
        for (int kept = 0; kept < (1 << sectors) - 1; kept++)
        {
            sample.Image[segment] = [.. whole];
            for (int sector = 0; sector < sectors; sector++)
            {
                if ((kept & (1 << sector)) == 0)
                    sample.Image[segment].AsSpan(frame + (sector * 512), 512).Clear();
            }

            sample.AssertOpens(state: before);
        }
    }

    [Fact]
    public void A_zeroed_sector_below_a_frame_written_later_is_damage()
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        List<int> frames = sample.FramesOf(sample.NewestSegment);
        long redoFrom = sample.Root.Checkpoints[^1].RedoFrom - sample.HeaderOf(sample.NewestSegment).FirstLsn;
        foreach (int frame in frames.Where(frame => frame >= redoFrom).SkipLast(1))
        {
            StoreImage whole = sample.Image.Copy();
            sample.Image[sample.NewestSegment].AsSpan(frame, 512).Clear();
            StoreException refused = sample.AssertRefused(StoreError.RecoveryRequired);
            Assert.Equal(frame, refused.Offset);
            Assert.Equal(sample.NewestSegment, refused.File);
            sample.Image[sample.NewestSegment] = whole[sample.NewestSegment];
        }
    }

    [Fact]
    public void Damage_tolerated_ends_the_log_there_and_keeps_the_rest()
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        List<int> frames = sample.FramesOf(sample.NewestSegment);
        sample.Image[sample.NewestSegment].AsSpan(frames[^2], 512).Clear();
        string before = SampleStore.Create(setsAfter: 2).State;
        RecoveryReport report = sample.AssertOpens(RecoveryMode.TolerateTail, before);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Damage && finding.Offset == frames[^2]);
        Assert.Contains(report.Quarantined, name => name.EndsWith(sample.NewestSegment["wal/".Length..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("boot-1")]
    [InlineData("boot-2")]
    public void What_was_quarantined_keeps_its_bytes_when_the_segment_is_recycled(string bootId)
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        string segment = sample.NewestSegment;
        sample.Image[segment].AsSpan(sample.FramesOf(segment)[^2], 512).Clear();
        SimulatedFileSystem files = sample.Image.ToFiles();
        using TestStore store = TestStore.Open(files, SampleStore.DropLog, RecoveryMode.TolerateTail, bootId);
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 12; i++)
                store.Set($"k{i}", new string((char)('a' + round), 3000));
            store.Store.TakeCheckpoint();
        }

        Assert.DoesNotContain(files.List("wal"), entry => entry.Name == segment["wal/".Length..]);
        string kept = Assert.Single(files.List("quarantine"), entry => entry.Name.EndsWith(segment["wal/".Length..], StringComparison.Ordinal)).Name;
        Assert.Equal(sample.Image[segment], StoreImage.Of(files)[$"quarantine/{kept}"]);
    }

    [Fact]
    public void Bad_bytes_below_the_floor_of_ROOT_are_damage_even_with_nothing_above()
    {
        SampleStore sample = SampleStore.Create(clean: true, setsAfter: 2);
        int last = sample.FramesOf(sample.NewestSegment)[^1];
        sample.Image.Flip(sample.NewestSegment, last + 100);
        StoreException refused = sample.AssertRefused(StoreError.RecoveryRequired);
        Assert.Equal(last, refused.Offset);
    }

    [Fact]
    public void A_segment_shorter_than_its_header_says_is_damage()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image[sample.NewestSegment] = sample.Image[sample.NewestSegment][..^512];
        sample.AssertRefused(StoreError.RecoveryRequired);
        sample.AssertOpens(RecoveryMode.TolerateTail);
    }

    [Fact]
    public void A_segment_cut_below_where_replay_starts_is_damage_that_can_be_tolerated()
    {
        SampleStore sample = SampleStore.Create(setsAfter: 0);
        long redoFrom = sample.Root.Checkpoints[^1].RedoFrom - sample.HeaderOf(sample.NewestSegment).FirstLsn;
        Assert.True(redoFrom > SegmentHeader.Bytes + 1024);
        sample.Image[sample.NewestSegment] = sample.Image[sample.NewestSegment][..(SegmentHeader.Bytes + 512)];
        sample.AssertRefused(StoreError.RecoveryRequired);
        sample.AssertOpens(RecoveryMode.TolerateTail);
    }

    [Fact]
    public void A_log_longer_than_a_clean_close_recorded_is_an_unclean_shutdown()
    {
        // The slot that said "open" is lost; the one that says "clean" is older than the log.
        SimulatedFileSystem files = new();
        TestStore.Create(files).Dispose();
        TestStore store = TestStore.Open(files);
        store.Set("a", "1");
        StoreImage image = StoreImage.Of(files.CrashImage(CrashImageKind.DropPending));
        long newest = Persistence.Root.RootFile.Read(files).Believed!.Generation;
        image["ROOT"].AsSpan((int)(newest & 1) * 8192, 8192).Fill(0xEE);
        using TestStore again = TestStore.Open(image.ToFiles());
        Assert.False(again.Store.RecoveryReport.WasClean);
        Assert.Equal("a=1;", again.Dump());
        store.Dispose();
    }

    [Theory]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public void A_later_frame_that_did_not_wait_for_the_lost_one_is_dropped_with_it(DurabilityMode durability)
    {
        SimulatedFileSystem files = new();
        // The smallest frames: each commit after the first closes the one before, unsynced.
        StoreOptions options = TestStore.SmallOptions with { Durability = durability, FrameBytesMax = 4096, FlushIntervalMs = 60_000 };
        using TestStore store = TestStore.Create(files, options);
        store.Set("a", "1");
        store.Store.Flush();
        long lost = store.Store.DurableLsn.Value;
        for (int i = 0; i < 3; i++)
            store.Set($"b{i}", new string('x', 3000));
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything);
        using (IFile file = image.Open("wal/0000000001.wal", FileIntent.ReadWrite))
            file.Write(new byte[512], lost);
        using TestStore again = TestStore.Open(image);
        Assert.Equal("a=1;", again.Dump());
        Assert.Contains(again.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.TornTail);
    }

    [Fact]
    public void A_marker_proves_that_the_frame_below_it_was_durable()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, TestStore.SmallOptions with { MarkerDelayMs = 1 });
        store.Set("a", "1");
        long frame = SegmentHeader.Bytes;
        SpinWait.SpinUntil(() => HasMarker(files), TimeSpan.FromSeconds(20));
        Assert.True(HasMarker(files));
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything);
        using (IFile file = image.Open("wal/0000000001.wal", FileIntent.ReadWrite))
            file.Write([0xFF], frame + 90);
        StoreException refused = Assert.ThrowsAny<StoreException>(() => TestStore.Open(image));
        Assert.Equal(StoreError.RecoveryRequired, refused.Error);
    }

    private static bool HasMarker(SimulatedFileSystem files)
    {
        using IFile file = files.Open("wal/0000000001.wal", FileIntent.Read);
        byte[] head = new byte[FrameHeader.Bytes];
        file.Read(head, SegmentHeader.Bytes + 512);
        return FrameHeader.TryDecode(head, out FrameHeader marker) && marker.RecordCount == 0;
    }
}
