using System.Text;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>What opening does with each kind of missing, damaged, foreign or newer file: the table of the design, row by row.</summary>
public sealed class OutcomeTableTests
{
    private const int RootCopyBytes = 4096;

    // ---- ROOT ---------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_bad_copy_of_ROOT_is_a_warning_and_is_rewritten(int copy)
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Flip("ROOT", (copy * RootCopyBytes) + 100);
        RecoveryReport report = sample.AssertOpens();
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.RootCopyDamaged && finding.Severity == FindingSeverity.Warning);

        SimulatedFileSystem files = sample.Image.ToFiles();
        TestStore.Open(files).Dispose();
        using TestStore again = TestStore.Open(files);
        Assert.DoesNotContain(again.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.RootCopyDamaged);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void A_bad_slot_of_ROOT_is_a_warning_whether_it_is_the_newest_or_not(int slot, bool zeroed)
    {
        SampleStore sample = SampleStore.Create();
        Span<byte> bytes = sample.Image["ROOT"].AsSpan(slot * 2 * RootCopyBytes, 2 * RootCopyBytes);
        if (zeroed)
            bytes.Clear();
        else
            bytes.Fill(0x5A);
        RecoveryReport report = sample.AssertOpens();
        Assert.Equal(2, report.Findings.Count(finding => finding.Kind == FindingKind.RootCopyDamaged));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_bad_slot_of_ROOT_after_a_clean_close_loses_nothing(int slot)
    {
        SampleStore sample = SampleStore.Create(clean: true);
        sample.Image["ROOT"].AsSpan(slot * 2 * RootCopyBytes, 2 * RootCopyBytes).Clear();
        sample.AssertOpens();
    }

    [Fact]
    public void A_new_store_has_an_unused_slot_and_no_warning()
    {
        SimulatedFileSystem files = new();
        PersistenceStore.Create(TestStore.HostFor(files), TestStore.SmallOptions);
        using TestStore store = TestStore.Open(files);
        Assert.Empty(store.Store.RecoveryReport.Findings);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("missing")]
    [InlineData("short")]
    [InlineData("zeros")]
    public void Without_any_copy_of_ROOT_recovery_is_required_and_rebuilds_it_on_request(string how)
    {
        SampleStore sample = SampleStore.Create();
        LoseRoot(sample.Image, how);
        sample.AssertRefused(StoreError.RecoveryRequired);
        RecoveryReport report = sample.AssertOpens(RecoveryMode.TolerateTail);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.RootLost && finding.Severity == FindingSeverity.Error);
    }

    [Fact]
    public void A_rebuilt_ROOT_leaves_room_for_the_positions_of_a_lost_newest_segment()
    {
        SampleStore sample = SampleStore.Create();
        Persistence.State.Lsn highest = sample.HeaderOf(sample.NewestSegment).NextFirstLsn;
        sample.Image.Remove(sample.NewestSegment);
        LoseRoot(sample.Image, "missing");
        using TestStore store = TestStore.Open(sample.Image.ToFiles(), mode: RecoveryMode.TolerateTail);
        Assert.True(store.Set("x", "1").First >= highest);
    }

    [Fact]
    public void Creating_over_a_store_that_lost_its_ROOT_is_refused()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Remove("ROOT");
        AssertCreateRefused(sample.Image, StoreError.RecoveryRequired);
    }

    [Fact]
    public void Creating_over_a_store_that_lost_its_ROOT_and_its_only_segments_header_is_refused()
    {
        SampleStore sample = SampleStore.Create(checkpoints: 0);
        Assert.Single(sample.Segments);
        sample.Image.Remove("ROOT");
        sample.Image.Flip(sample.NewestSegment, 50);
        AssertCreateRefused(sample.Image, StoreError.RecoveryRequired);
    }

    [Fact]
    public void ROOT_that_is_a_directory_is_a_typed_error()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Remove("ROOT");
        sample.Image.AddDirectory("ROOT");
        sample.AssertRefused(StoreError.StorageFailed);
    }

    // ---- checkpoints --------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_the_newest_checkpoint_gone_the_older_one_and_its_log_take_over(bool missing)
    {
        SampleStore sample = SampleStore.Create(SampleStore.DropLog);
        Spoil(sample.Image, sample.Checkpoints[^1], missing);
        RecoveryReport report = sample.AssertOpens();
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.CheckpointInvalid && finding.Severity == FindingSeverity.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_every_checkpoint_gone_the_whole_log_takes_over(bool missing)
    {
        SampleStore sample = SampleStore.Create(SampleStore.KeepLog);
        foreach (string path in sample.Checkpoints)
            Spoil(sample.Image, path, missing);
        RecoveryReport report = sample.AssertOpens();
        Assert.Null(report.CheckpointId);
    }

    [Theory]
    [InlineData(false, RecoveryMode.Strict)]
    [InlineData(true, RecoveryMode.Strict)]
    [InlineData(true, RecoveryMode.TolerateTail)]
    public void With_every_checkpoint_gone_and_not_the_whole_log_opening_is_refused(bool missing, RecoveryMode mode)
    {
        SampleStore sample = SampleStore.Create(SampleStore.DropLog, checkpoints: 4);
        Assert.NotEqual(1, sample.HeaderOf(sample.Segments[0]).Sequence);
        foreach (string path in sample.Checkpoints)
            Spoil(sample.Image, path, missing);
        sample.AssertRefused(StoreError.CheckpointInvalid, mode);
    }

    [Fact]
    public void With_the_newest_checkpoint_gone_and_damage_in_the_log_the_older_one_needs_opening_is_refused()
    {
        SampleStore sample = SampleStore.Create(SampleStore.KeepLog);
        sample.Image.Remove(sample.Checkpoints[^1]);
        string segment = sample.Segments.Last(path => sample.HeaderOf(path).FirstLsn < sample.Root.Checkpoints[^1].RedoFrom && path != sample.NewestSegment);
        sample.Image.Flip(segment, sample.FramesOf(segment)[^1] + 80);
        sample.AssertRefused(StoreError.CheckpointInvalid);
    }

    [Fact]
    public void A_checkpoint_that_could_not_be_used_goes_to_quarantine_and_is_not_listed_any_longer()
    {
        SampleStore sample = SampleStore.Create();
        string bad = sample.Checkpoints[^1];
        sample.Image.Flip(bad, 200);
        SimulatedFileSystem files = sample.Image.ToFiles();
        using TestStore store = TestStore.Open(files);
        Assert.Single(store.Store.GetCheckpoints());
        Assert.DoesNotContain(files.List("checkpoints"), entry => bad.EndsWith(entry.Name, StringComparison.Ordinal));
        Assert.Contains(files.List("quarantine"), entry => entry.Name.EndsWith(bad["checkpoints/".Length..], StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_of_a_history_that_was_left_never_comes_back()
    {
        // The active segment is lost, with it the log the newest checkpoint continues in; then the store goes on elsewhere.
        SampleStore sample = SampleStore.Create(checkpoints: 2, setsAfter: 0);
        Assert.True(sample.HeaderOf(sample.NewestSegment).FirstLsn < sample.Root.Checkpoints[^1].RedoFrom);
        sample.Image.Remove(sample.NewestSegment);
        sample.AssertRefused(StoreError.SequenceGap);
        SimulatedFileSystem files = sample.Image.ToFiles();
        string state;
        using (TestStore store = TestStore.Open(files, SampleStore.KeepLog, RecoveryMode.TolerateTail))
        {
            Assert.NotEqual(sample.State, store.Dump());
            Assert.Contains(store.Store.RecoveryReport.Findings, finding => finding.Severity == FindingSeverity.Error);
            store.Set("after", "1");
            state = store.Dump();
        }

        using TestStore again = TestStore.Open(files, SampleStore.KeepLog);
        Assert.Equal(state, again.Dump());
    }

    [Fact]
    public void The_sequence_of_a_lost_active_segment_is_not_used_again()
    {
        SampleStore sample = SampleStore.Create();
        long lost = sample.HeaderOf(sample.NewestSegment).Sequence;
        sample.Image.Remove(sample.NewestSegment);
        using TestStore store = TestStore.Open(sample.Image.ToFiles(), SampleStore.KeepLog, RecoveryMode.TolerateTail);
        Assert.True(store.Store.GetStatus().ActiveSegment > lost, $"{store.Store.GetStatus().ActiveSegment} and {lost}");
    }

    [Theory]
    [InlineData(CrashImageKind.DropPending)]
    [InlineData(CrashImageKind.KeepEverything)]
    public void A_cut_after_a_checkpoint_at_the_end_of_a_full_segment_is_no_gap(CrashImageKind kind)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, SampleStore.DropLog with { CheckpointsRetained = 1 });
        for (int i = 0; i < 14; i++)
            store.Set($"k{i:D2}", new string('x', 1800));
        Assert.Equal(SampleStore.DropLog.SegmentBytes, store.Store.DurableLsn.Value);
        store.Store.TakeCheckpoint();
        SimulatedFileSystem image = files.CrashImage(kind);
        using TestStore again = TestStore.Open(image, SampleStore.DropLog);
        Assert.Equal(store.Dump(), again.Dump());
        Assert.NotNull(again.Store.RecoveryReport.CheckpointId);
        Assert.DoesNotContain(again.Store.RecoveryReport.Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    // ---- segments -----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(RecoveryMode.Strict)]
    [InlineData(RecoveryMode.TolerateTail)]
    public void A_missing_segment_between_the_oldest_needed_and_the_active_one_is_a_gap(RecoveryMode mode)
    {
        SampleStore sample = SampleStore.Create(checkpoints: 1, setsAfter: 60);
        string middle = sample.Segments[^2];
        Assert.True(sample.HeaderOf(middle).FirstLsn > sample.Root.Checkpoints[0].RedoFrom);
        sample.Image.Remove(middle);
        StoreException refused = sample.AssertRefused(StoreError.SequenceGap, mode);
        Assert.Equal(middle, refused.File);
    }

    [Fact]
    public void Damage_in_a_sealed_segment_is_refused_with_file_offset_and_position()
    {
        SampleStore sample = SampleStore.Create(checkpoints: 1, setsAfter: 60);
        string middle = sample.Segments[^2];
        int frame = sample.FramesOf(middle)[1];
        sample.Image.Flip(middle, frame + 90);
        StoreException refused = sample.AssertRefused(StoreError.ChecksumMismatch);
        Assert.Equal(middle, refused.File);
        Assert.Equal(frame, refused.Offset);
        Assert.Equal((sample.HeaderOf(middle).FirstLsn + frame).Value, refused.Position);
        sample.AssertRefused(StoreError.ChecksumMismatch, RecoveryMode.TolerateTail);
    }

    [Fact]
    public void A_damaged_header_of_the_active_segment_is_refused_and_tolerated_on_request()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Flip(sample.NewestSegment, 44);
        sample.AssertRefused(StoreError.ChecksumMismatch);
        SimulatedFileSystem files = sample.Image.ToFiles();
        using TestStore store = TestStore.Open(files, mode: RecoveryMode.TolerateTail);
        Assert.Contains(store.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.Damage);
        Assert.Contains(files.List("quarantine"), entry => entry.Name.EndsWith(sample.NewestSegment["wal/".Length..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("boot-1")]
    [InlineData("boot-2")]
    public void Bad_bytes_wholly_below_where_replay_starts_do_not_stop_the_store(string bootId)
    {
        SampleStore sample = SampleStore.Create();
        Persistence.State.Lsn redoFrom = sample.Root.Checkpoints[^1].RedoFrom;
        foreach (string segment in sample.Segments)
        {
            long first = sample.HeaderOf(segment).FirstLsn.Value;
            foreach (int frame in sample.FramesOf(segment).Where(frame => first + frame < redoFrom.Value))
                sample.Image.Flip(segment, frame + 20);
        }

        sample.AssertOpens(bootId: bootId);
    }

    [Fact]
    public void A_damaged_header_below_where_replay_starts_is_a_warning()
    {
        SampleStore sample = SampleStore.Create();
        string oldest = sample.Segments[0];
        Assert.True(sample.HeaderOf(oldest).NextFirstLsn < sample.Root.Checkpoints[^1].RedoFrom);
        sample.Image.Flip(oldest, 70);
        RecoveryReport report = sample.AssertOpens();
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.DamageNotNeeded && finding.Severity == FindingSeverity.Warning && finding.File == oldest);
    }

    [Fact]
    public void A_segment_prepared_and_never_used_goes_to_quarantine()
    {
        SampleStore sample = SampleStore.Create();
        long next = sample.HeaderOf(sample.NewestSegment).Sequence + 1;
        sample.Image[$"wal/{next:D10}.wal"] = new byte[32 << 10];
        RecoveryReport report = sample.AssertOpens();
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.SegmentNeverUsed && finding.Severity == FindingSeverity.Information);
        Assert.NotEmpty(report.Quarantined);
    }

    // ---- newer versions -----------------------------------------------------------------------------------------------

    public static TheoryData<string> NewerThings =>
    [
        "root version", "root feature", "segment version", "segment feature", "unneeded segment version", "frame version", "frame flags",
        "record version", "record kind", "record model", "application record version",
        "checkpoint version", "checkpoint feature", "checkpoint kind", "checkpoint trailer version", "checkpoint section", "checkpoint model", "checkpoint codec",
    ];

    [Theory]
    [MemberData(nameof(NewerThings))]
    public void Whatever_is_newer_is_unsupported_and_never_corrupt(string what)
    {
        SampleStore sample = SampleStore.Create(SampleStore.KeepLog with { Compress = false });
        NewerVersions.Make(sample, what);
        sample.AssertRefused(StoreError.UnsupportedFormatVersion);
        sample.AssertRefused(StoreError.UnsupportedFormatVersion, RecoveryMode.TolerateTail);
    }

    [Theory]
    [InlineData("record version")]
    [InlineData("record kind")]
    [InlineData("record model")]
    [InlineData("application record version")]
    public void A_record_of_a_newer_kind_that_may_be_skipped_is_skipped(string what)
    {
        SampleStore sample = SampleStore.Create(setsAfter: 3);
        NewerVersions.Make(sample, what);
        sample.ForgeLastRecord(sample.NewestSegment, 11, [1]);
        sample.AssertOpens(state: SampleStore.Create(setsAfter: 2).State);
    }

    [Fact]
    public void A_feature_that_only_writers_must_know_refuses_writers_only()
    {
        SampleStore sample = SampleStore.Create();
        for (int copy = 0; copy < 4; copy++)
            sample.Image.Forge("ROOT", (copy * RootCopyBytes) + 28, [1], copy * RootCopyBytes, (copy * RootCopyBytes) + RootCopyBytes - 4);
        SimulatedFileSystem files = sample.Image.ToFiles();
        StoreException refused = Assert.ThrowsAny<StoreException>(() => TestStore.Open(files));
        Assert.Equal(StoreError.UnsupportedFormatVersion, refused.Error);
        Assert.Null(StoreImage.Of(files).FindDifference(sample.Image));
        using TestStore reader = TestStore.OpenReadOnly(files);
        Assert.Equal(sample.State, reader.Dump());
    }

    [Fact]
    public void A_feature_that_nobody_must_know_is_kept()
    {
        SampleStore sample = SampleStore.Create();
        for (int copy = 0; copy < 4; copy++)
            sample.Image.Forge("ROOT", (copy * RootCopyBytes) + 32, [8], copy * RootCopyBytes, (copy * RootCopyBytes) + RootCopyBytes - 4);
        SimulatedFileSystem files = sample.Image.ToFiles();
        TestStore.Open(files).Dispose();
        Assert.Equal(8u, Persistence.Root.RootFile.Read(files).Believed!.CompatibleFeatures);
    }

    // ---- foreign ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("newest segment")]
    [InlineData("oldest segment")]
    [InlineData("newest checkpoint")]
    public void A_file_with_a_foreign_store_id_is_a_mismatch(string what)
    {
        SampleStore sample = SampleStore.Create();
        string path = what == "newest segment" ? sample.NewestSegment : what == "oldest segment" ? sample.Segments[0] : sample.Checkpoints[^1];
        int length = path.StartsWith("wal", StringComparison.Ordinal) ? SegmentHeader.Bytes : 128;
        sample.Image.Forge(path, 16, [1, 2, 3, 4], 0, length - 4);
        sample.AssertRefused(StoreError.StoreMismatch);
        sample.AssertRefused(StoreError.StoreMismatch, RecoveryMode.TolerateTail);
    }

    [Fact]
    public void ROOT_of_another_store_is_a_mismatch()
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem other = new();
        PersistenceStore.Create(TestStore.DeterministicHostFor(other, seed: 99), SampleStore.KeepLog);
        sample.Image["ROOT"] = StoreImage.Of(other)["ROOT"];
        sample.AssertRefused(StoreError.StoreMismatch);
    }

    // ---- creation -----------------------------------------------------------------------------------------------------

    [Fact]
    public void An_empty_directory_is_no_store_and_stays_empty()
    {
        SimulatedFileSystem files = new();
        foreach (RecoveryMode mode in Enum.GetValues<RecoveryMode>())
        {
            Assert.Equal(StoreError.StoreNotFound, Assert.ThrowsAny<StoreException>(() => TestStore.Open(files, mode: mode)).Error);
            Assert.Equal(StoreError.StoreNotFound, Assert.ThrowsAny<StoreException>(() => TestStore.OpenReadOnly(files, mode)).Error);
        }

        Assert.Empty(files.List(""));
    }

    [Theory]
    [InlineData(CrashImageKind.DropPending)]
    [InlineData(CrashImageKind.KeepEverything)]
    [InlineData(CrashImageKind.KeepNamesOnly)]
    [InlineData(CrashImageKind.KeepDataOnly)]
    public void A_creation_cut_at_any_operation_is_no_store_or_a_whole_one_and_creating_again_completes_it(CrashImageKind kind)
    {
        SimulatedFileSystem files = new();
        List<SimulatedFileSystem> images = [];
        FaultInjectingFileSystem watched = new(files, (in StorageOperation _) =>
        {
            images.Add(files.CrashImage(kind));
            return null;
        });
        PersistenceStore.Create(TestStore.HostFor(watched), TestStore.SmallOptions);
        images.Add(files.CrashImage(kind));
        foreach (SimulatedFileSystem image in images)
        {
            if (image.List("").All(entry => entry.Name != "ROOT"))
            {
                StoreImage before = StoreImage.Of(image);
                Assert.Equal(StoreError.StoreNotFound, Assert.ThrowsAny<StoreException>(() => TestStore.Open(image)).Error);
                Assert.Null(StoreImage.Of(image).FindDifference(before));
                PersistenceStore.Create(TestStore.HostFor(image), TestStore.SmallOptions);
            }

            using TestStore store = TestStore.Open(image);
            store.Set("a", "1");
            Assert.Equal("a=1;", TestStore.Open(image.CrashImage(CrashImageKind.DropPending)).Dump());
        }
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("wal/notes.txt")]
    [InlineData("wal/spare-notes.txt")]
    [InlineData("wal/0000000007.wal")]
    [InlineData("staging/draft.txt")]
    [InlineData("checkpoints/old.bin")]
    [InlineData("quarantine/evidence")]
    [InlineData("backup/2020.zip")]
    public void Creating_in_a_directory_with_files_of_somebody_else_is_refused_and_touches_nothing(string path)
    {
        StoreImage image = new();
        if (path.Contains('/', StringComparison.Ordinal))
            image.AddDirectory(path[..path.IndexOf('/', StringComparison.Ordinal)]);
        image[path] = Encoding.UTF8.GetBytes("not ours");
        AssertCreateRefused(image, path.EndsWith(".wal", StringComparison.Ordinal) ? StoreError.RecoveryRequired : StoreError.StoreMismatch);
    }

    [Fact]
    public void Creating_where_a_store_is_is_refused_and_touches_nothing()
    {
        SampleStore sample = SampleStore.Create(clean: true);
        AssertCreateRefused(sample.Image, StoreError.StoreExists);
    }

    // ---- the rest -----------------------------------------------------------------------------------------------------

    [Fact]
    public void Leftovers_in_staging_are_removed_by_a_writer_and_by_nobody_else()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image["staging/0000000009.full"] = [1, 2, 3];
        RecoveryReport report = sample.AssertOpens();
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Leftover);
        SimulatedFileSystem files = sample.Image.ToFiles();
        TestStore.Open(files).Dispose();
        Assert.Empty(files.List("staging"));
    }

    [Fact]
    public void Other_files_are_ignored_and_listed()
    {
        SampleStore sample = SampleStore.Create();
        string[] others = ["notes.txt", "wal/notes.txt", "wal/spare-notes.txt", "wal/1.wal", "checkpoints/notes.txt"];
        foreach (string path in others)
            sample.Image[path] = [1, 2, 3];
        RecoveryReport report = sample.AssertOpens();
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.UnknownFile && finding.File == "wal/notes.txt");
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.UnknownFile && finding.File == "notes.txt");
        SimulatedFileSystem files = sample.Image.ToFiles();
        using (TestStore store = TestStore.Open(files, SampleStore.DropLog))
        {
            for (int i = 0; i < 40; i++)
                store.Set("k", new string('z', 3000));
            store.Store.TakeCheckpoint();
        }

        StoreImage after = StoreImage.Of(files);
        Assert.All(others, path => Assert.Equal([1, 2, 3], after[path]));
    }

    [Fact]
    public void A_checkpoint_never_published_goes_to_quarantine()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image["checkpoints/0000000077.full"] = [1, 2, 3];
        RecoveryReport report = sample.AssertOpens();
        Assert.Contains(report.Quarantined, name => name.EndsWith("0000000077.full", StringComparison.Ordinal));
    }

    private static void Spoil(StoreImage image, string path, bool missing)
    {
        if (missing)
            image.Remove(path);
        else
            image.Flip(path, image[path].Length / 2);
    }

    private static void LoseRoot(StoreImage image, string how)
    {
        switch (how)
        {
            case "missing": image.Remove("ROOT"); break;
            case "empty": image["ROOT"] = []; break;
            case "short": image["ROOT"] = image["ROOT"][..4000]; break;
            case "zeros": image["ROOT"] = new byte[4 * RootCopyBytes]; break;
            default: image["ROOT"].AsSpan().Fill(0x42); break;
        }
    }

    private static void AssertCreateRefused(StoreImage image, StoreError error)
    {
        SimulatedFileSystem files = image.ToFiles();
        StoreException refused = Assert.ThrowsAny<StoreException>(() => PersistenceStore.Create(TestStore.HostFor(files), TestStore.SmallOptions));
        Assert.Equal(error, refused.Error);
        Assert.Null(StoreImage.Of(files).FindDifference(image));
    }
}
