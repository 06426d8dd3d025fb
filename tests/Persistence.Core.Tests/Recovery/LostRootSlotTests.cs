using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>
/// The slot of ROOT that says "open" is lost, and the one that is left tells of a clean close that is history: what was
/// acknowledged since then counts all the same.
/// </summary>
public sealed class LostRootSlotTests
{
    private const int SlotBytes = 8192;

    [Theory]
    [InlineData("boot-1", 0x00)]
    [InlineData("boot-1", 0xEE)]
    [InlineData("boot-2", 0x00)]
    [InlineData("boot-2", 0xEE)]
    public void What_was_committed_since_the_clean_close_is_recovered(string bootId, byte lostAs)
    {
        Reopened reopened = Reopened.Create(commits: 3);
        reopened.LoseNewestSlot(lostAs);
        SimulatedFileSystem files = reopened.Image.ToFiles();
        using (TestStore reader = TestStore.OpenReadOnly(files))
        {
            Assert.False(reader.Store.RecoveryReport.WasClean);
            Assert.Equal("before=1;since0=v;since1=v;since2=v;", reader.Dump());
        }

        using TestStore store = TestStore.Open(files, bootId: bootId);
        RecoveryReport report = store.Store.RecoveryReport;
        Assert.False(report.WasClean);
        Assert.Equal(2, report.Findings.Count(finding => finding.Kind == FindingKind.RootCopyDamaged));
        Assert.Equal("before=1;since0=v;since1=v;since2=v;", store.Dump());
        store.Set("after", "1");
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), bootId: "boot-9");
        Assert.Equal("after=1;before=1;since0=v;since1=v;since2=v;", again.Dump());
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xEE)]
    public void A_damaged_frame_where_the_clean_close_ended_the_log_is_damage_when_a_later_frame_proves_it(byte lostAs)
    {
        Reopened reopened = Reopened.Create(commits: 2);
        reopened.LoseNewestSlot(lostAs);
        reopened.Image.Flip(Reopened.Segment, reopened.CleanEnd + FrameHeader.Bytes + 3);
        SimulatedFileSystem files = reopened.Image.ToFiles();
        foreach (Func<TestStore> open in (Func<TestStore>[])[() => TestStore.OpenReadOnly(files), () => TestStore.Open(files)])
        {
            StoreException refused = Assert.ThrowsAny<StoreException>(open);
            Assert.Equal(StoreError.RecoveryRequired, refused.Error);
            Assert.Equal(Reopened.Segment, refused.File);
            Assert.Equal(reopened.CleanEnd, refused.Offset);
            Assert.Null(StoreImage.Of(files).FindDifference(reopened.Image));
        }

        using TestStore tolerating = TestStore.Open(files, mode: RecoveryMode.TolerateTail);
        Assert.Equal("before=1;", tolerating.Dump());
        Assert.Contains(tolerating.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.Damage && finding.Offset == reopened.CleanEnd);
        string kept = Assert.Single(tolerating.Store.RecoveryReport.Quarantined);
        Assert.Equal(reopened.Image[Reopened.Segment], StoreImage.Of(files)[$"quarantine/{kept}"]);
    }

    [Fact]
    public void A_torn_frame_where_the_clean_close_ended_the_log_is_a_torn_tail_and_no_clean_end()
    {
        Reopened reopened = Reopened.Create(commits: 1);
        reopened.LoseNewestSlot(0xEE);
        reopened.Image.Flip(Reopened.Segment, reopened.CleanEnd + FrameHeader.Bytes + 3);
        using TestStore store = TestStore.Open(reopened.Image.ToFiles());
        Assert.False(store.Store.RecoveryReport.WasClean);
        Assert.Contains(store.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.TornTail && finding.Offset == reopened.CleanEnd);
        Assert.Equal("before=1;", store.Dump());
    }

    [Fact]
    public void With_the_older_slot_lost_a_clean_store_is_recovered_and_clean_again_afterwards()
    {
        SampleStore sample = SampleStore.Create(clean: true);
        long newest = sample.Root.Generation;
        sample.Image["ROOT"].AsSpan((int)((newest + 1) & 1) * SlotBytes, SlotBytes).Fill(0xEE);
        SimulatedFileSystem files = sample.Image.ToFiles();
        using (TestStore store = TestStore.Open(files, SampleStore.KeepLog))
        {
            Assert.False(store.Store.RecoveryReport.WasClean);
            Assert.Equal(sample.State, store.Dump());
        }

        using TestStore again = TestStore.Open(files, SampleStore.KeepLog);
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Empty(again.Store.RecoveryReport.Findings);
        Assert.Equal(sample.State, again.Dump());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Either_slot_of_a_store_that_was_never_closed_can_be_lost_without_damage_passing_for_an_empty_store(int slot)
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files))
        {
            store.Set("a", "1");
            store.Set("b", "2");
            files = files.CrashImage(CrashImageKind.DropPending);
        }

        StoreImage image = StoreImage.Of(files);
        image["ROOT"].AsSpan(slot * SlotBytes, SlotBytes).Clear();
        using (TestStore store = TestStore.Open(image.ToFiles()))
        {
            Assert.False(store.Store.RecoveryReport.WasClean);
            Assert.Equal("a=1;b=2;", store.Dump());
        }

        image.Flip(Reopened.Segment, SegmentHeader.Bytes + FrameHeader.Bytes + 3);
        StoreException refused = Assert.ThrowsAny<StoreException>(() => TestStore.Open(image.ToFiles()));
        Assert.Equal((StoreError.RecoveryRequired, Reopened.Segment), (refused.Error, refused.File));
        Assert.False(StoreInspector.Inspect(TestStore.HostFor(image.ToFiles())).IsHealthy);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xEE)]
    public void The_inspector_does_not_take_the_older_slot_s_word_for_a_clean_close_either(byte lostAs)
    {
        Reopened reopened = Reopened.Create(commits: 2);
        reopened.LoseNewestSlot(lostAs);
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(reopened.Image.ToFiles()));
        Assert.True(report.IsHealthy);
        Assert.False(report.WasClean);
        reopened.Image.Flip(Reopened.Segment, reopened.CleanEnd + FrameHeader.Bytes + 3);
        report = StoreInspector.Inspect(TestStore.HostFor(reopened.Image.ToFiles()));
        Assert.False(report.IsHealthy);
        Assert.False(report.WasClean);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Damage && finding.File == Reopened.Segment && finding.Offset == reopened.CleanEnd);
    }

    [Fact]
    public void A_recovery_cut_short_leaves_what_a_lost_slot_means_as_it_was()
    {
        Reopened reopened = Reopened.Create(commits: 2);
        reopened.LoseNewestSlot(0xEE);
        SimulatedFileSystem files = reopened.Image.ToFiles();
        List<SimulatedFileSystem> images = [];
        FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
        {
            if (CrashPoint.Changes(operation.Kind))
                images.AddRange(Enum.GetValues<CrashImageKind>().Select(files.CrashImage));
            return null;
        });
        TestStore.Open(watched).Dispose();
        Assert.True(images.Count > 40, $"only {images.Count} cuts");
        foreach (SimulatedFileSystem image in images)
        {
            using TestStore store = TestStore.Open(image);
            Assert.Equal("before=1;since0=v;since1=v;", store.Dump());
        }
    }

    /// <summary>A store that was closed cleanly, opened again, written to and killed.</summary>
    private sealed record Reopened(StoreImage Image, long CleanEnd)
    {
        public const string Segment = "wal/0000000001.wal";

        public static Reopened Create(int commits)
        {
            SimulatedFileSystem files = new();
            StoreOptions options = TestStore.SmallOptions;
            using (TestStore first = TestStore.Create(files, options))
                first.Set("before", "1");
            Lsn end = RootFile.Read(files).Believed!.DurableFloor;
            using TestStore store = TestStore.Open(files, options);
            Assert.True(store.Store.RecoveryReport.WasClean);
            for (int i = 0; i < commits; i++)
                store.Set($"since{i}", "v");
            return new Reopened(StoreImage.Of(files.CrashImage(CrashImageKind.DropPending)), end.Value);
        }

        public void LoseNewestSlot(byte value)
        {
            RootReading reading = RootFile.Read(Image.ToFiles());
            Assert.False(reading.Believed!.Clean);
            Assert.True(reading.Other!.Clean);
            Image["ROOT"].AsSpan((int)(reading.Believed.Generation & 1) * SlotBytes, SlotBytes).Fill(value);
        }
    }
}
