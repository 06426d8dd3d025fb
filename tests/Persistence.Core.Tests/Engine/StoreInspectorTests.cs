using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class StoreInspectorTests
{
    private static readonly StoreOptions KeepingOptions = TestStore.SmallOptions with { LogRetainBytes = long.MaxValue };

    [Fact]
    public void A_whole_checkpoint_whose_log_is_lost_is_not_called_damaged()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Remove(sample.NewestSegment);
        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(sample.Image.ToFiles()));
        Assert.False(report.IsHealthy);
        RecoveryFinding finding = Assert.Single(report.Findings, finding => finding.Kind == FindingKind.CheckpointInvalid);
        Assert.Contains("is whole and cannot be used", finding.Message, StringComparison.Ordinal);
        Assert.Null(finding.Offset);
    }

    [Fact]
    public void A_closed_store_is_healthy_and_everything_in_it_was_read()
    {
        SimulatedFileSystem files = CreateClosed();
        IntegrityReport report = Inspect(files);
        Assert.Empty(report.Findings);
        Assert.True(report.IsHealthy);
        Assert.True(report.WasClean);
        Assert.Equal(2, report.CheckpointsRead);
        Assert.True(report.SegmentsRead > 2);
        Assert.True(report.RecordsRead >= 300);
        Assert.Equal(report.EndLsn, report.ProvenLsn);
    }

    [Fact]
    public void Inspecting_changes_nothing()
    {
        SimulatedFileSystem files = CreateClosed();
        Dictionary<string, byte[]> before = Content(files);
        Inspect(files);
        Dictionary<string, byte[]> after = Content(files);
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
    }

    [Fact]
    public void A_store_that_a_writer_holds_is_healthy()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        for (int i = 0; i < 50; i++)
        {
            store.Set($"key-{i}", new string('x', 900));
            IntegrityReport report = Inspect(files);
            Assert.Empty(report.Findings);
            Assert.False(report.WasClean);
        }
    }

    [Fact]
    public void A_writer_at_work_is_not_damage()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        using CancellationTokenSource stop = new();
        Thread writer = new(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                store.Set($"key-{i % 100}", new string('x', 700));
                if (i % 150 == 149)
                    store.Store.TakeCheckpoint();
            }
        });
        writer.Start();
        try
        {
            for (int i = 0; i < 60; i++)
            {
                IntegrityReport report = Inspect(files);
                Assert.True(report.IsHealthy, string.Join('\n', report.Findings));
            }
        }
        finally
        {
            stop.Cancel();
            writer.Join();
        }
    }

    [Theory]
    [InlineData(CrashImageKind.KeepEverything)]
    [InlineData(CrashImageKind.DropPending)]
    public void After_a_cut_the_store_is_healthy(CrashImageKind kind)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        for (int i = 0; i < 100; i++)
            store.Set($"key-{i}", "value");
        IntegrityReport report = Inspect(files.CrashImage(kind));
        Assert.True(report.IsHealthy, string.Join('\n', report.Findings));
        Assert.False(report.WasClean);
        Assert.Equal(100, report.RecordsRead);
    }

    [Fact]
    public void A_torn_tail_is_healthy_with_a_warning()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        CommitResult last = default;
        for (int i = 0; i < 10; i++)
            last = store.Set($"key-{i}", "value");
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything);
        Flip(image, "wal/0000000001.wal", last.End.Value - 1);

        IntegrityReport report = Inspect(image);
        RecoveryFinding finding = Assert.Single(report.Findings);
        Assert.Equal((FindingKind.TornTail, FindingSeverity.Warning), (finding.Kind, finding.Severity));
        Assert.True(report.IsHealthy);
        Assert.Equal(9, report.RecordsRead);
    }

    [Fact]
    public void Damage_in_the_middle_is_named_by_file_offset_and_position_and_the_rest_is_read()
    {
        SimulatedFileSystem files = new();
        List<CommitResult> commits = [];
        using (TestStore store = TestStore.Create(files))
        {
            for (int i = 0; i < 20; i++)
                commits.Add(store.Set($"key-{i}", "value"));
            store.Store.Close();
        }

        Flip(files, "wal/0000000001.wal", commits[4].First.Value + 3);
        Flip(files, "wal/0000000001.wal", commits[11].First.Value + 3);
        IntegrityReport report = Inspect(files);
        Assert.False(report.IsHealthy);
        Assert.Equal(2, report.Findings.Count);
        Assert.All(report.Findings, finding => Assert.Equal(FindingKind.Damage, finding.Kind));
        Assert.Equal("wal/0000000001.wal", report.Findings[0].File);
        Assert.True(report.Findings[0].Lsn < commits[4].First && report.Findings[0].Lsn >= commits[3].End);
        Assert.True(report.Findings[1].Lsn < commits[11].First && report.Findings[1].Lsn >= commits[10].End);
        Assert.Equal(18, report.RecordsRead);
    }

    [Fact]
    public void Damage_that_recovery_does_not_need_is_damage_all_the_same()
    {
        SimulatedFileSystem files = CreateClosed();
        Flip(files, "wal/0000000001.wal", SegmentOffset);
        IntegrityReport report = Inspect(files);
        RecoveryFinding finding = Assert.Single(report.Findings);
        Assert.Equal((FindingKind.DamageNotNeeded, FindingSeverity.Error), (finding.Kind, finding.Severity));
        Assert.False(report.IsHealthy);
        using TestStore opens = TestStore.Open(files);
        Assert.True(opens.Store.RecoveryReport.WasClean);
    }

    [Fact]
    public void One_bad_copy_of_ROOT_is_a_warning_and_all_four_are_damage()
    {
        SimulatedFileSystem files = CreateClosed();
        Flip(files, "ROOT", 100);
        IntegrityReport report = Inspect(files);
        Assert.Equal(FindingKind.RootCopyDamaged, Assert.Single(report.Findings).Kind);
        Assert.True(report.IsHealthy);
        for (int copy = 1; copy < 4; copy++)
            Flip(files, "ROOT", (copy * 4096) + 100);
        report = Inspect(files);
        Assert.Contains(report.Findings, finding => finding is { Kind: FindingKind.RootLost, Severity: FindingSeverity.Error });
        Assert.False(report.IsHealthy);
        Assert.True(report.RecordsRead >= 300);
    }

    [Fact]
    public void Every_listed_checkpoint_is_read_whole()
    {
        SimulatedFileSystem files = CreateClosed();
        foreach (FileEntry entry in files.List("checkpoints"))
        {
            string path = $"checkpoints/{entry.Name}";
            long length = Content(files)[path].Length;
            for (long offset = 0; offset < length; offset += 37)
            {
                Flip(files, path, offset);
                RecoveryFinding finding = Assert.Single(Inspect(files).Findings);
                Assert.Equal(FindingSeverity.Error, finding.Severity);
                Assert.Equal(path, finding.File);
                Flip(files, path, offset);
            }
        }

        Assert.Empty(Inspect(files).Findings);
    }

    [Fact]
    public void A_missing_checkpoint_or_segment_is_damage()
    {
        SimulatedFileSystem files = CreateClosed();
        string checkpoint = $"checkpoints/{files.List("checkpoints")[0].Name}";
        files.Delete(checkpoint);
        Assert.Equal(FindingKind.CheckpointInvalid, Assert.Single(Inspect(files).Findings).Kind);

        files = CreateClosed();
        string segment = $"wal/{files.List("wal")[^2].Name}";
        files.Delete(segment);
        IntegrityReport report = Inspect(files);
        Assert.Contains(report.Findings, finding => finding is { Kind: FindingKind.SequenceGap, Severity: FindingSeverity.Error } && finding.File == segment);
    }

    /// <summary>The heart of the matter: no used byte of the log can change unnoticed.</summary>
    [Fact]
    public void A_flipped_bit_in_any_frame_is_noticed()
    {
        SimulatedFileSystem files = new();
        List<CommitResult> commits = [];
        using (TestStore store = TestStore.Create(files))
        {
            for (int i = 0; i < 6; i++)
                commits.Add(store.Set($"key-{i}", $"value-{i}"));
            store.Store.Close();
        }

        const int frameHeaderBytes = 72;
        foreach (CommitResult commit in commits)
        {
            for (long offset = commit.First.Value - frameHeaderBytes; offset < commit.End.Value; offset++)
            {
                Flip(files, "wal/0000000001.wal", offset);
                Assert.False(Inspect(files).IsHealthy, $"offset {offset}");
                Flip(files, "wal/0000000001.wal", offset);
            }
        }

        for (long offset = 0; offset < 4096; offset += 5)
        {
            Flip(files, "wal/0000000001.wal", offset);
            Assert.False(Inspect(files).IsHealthy, $"header offset {offset}");
            Flip(files, "wal/0000000001.wal", offset);
        }

        Assert.Empty(Inspect(files).Findings);
    }

    [Fact]
    public void Strange_files_are_listed_and_harmless()
    {
        SimulatedFileSystem files = CreateClosed();
        foreach (string path in new[] { "notes.txt", "wal/notes.txt", "checkpoints/notes.txt" })
            files.Open(path, FileIntent.CreateNew).Dispose();
        IntegrityReport report = Inspect(files);
        Assert.True(report.IsHealthy);
        Assert.Equal(["checkpoints/notes.txt", "notes.txt", "wal/notes.txt"], report.Findings.Where(finding => finding.Kind == FindingKind.UnknownFile).Select(finding => finding.File).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_segment_of_another_store_is_named()
    {
        SimulatedFileSystem files = CreateClosed();
        byte[] foreign = Content(CreateClosed())["wal/0000000001.wal"];
        using (IFile file = files.Open("wal/0000000001.wal", FileIntent.ReadWrite))
            file.Write(foreign, 0);
        IntegrityReport report = Inspect(files);
        Assert.False(report.IsHealthy);
        Assert.Contains(report.Findings, finding => finding is { Kind: FindingKind.ForeignFile, File: "wal/0000000001.wal" });
    }

    [Fact]
    public void What_is_not_a_store_is_refused()
    {
        StoreException error = Assert.Throws<StoreException>(() => Inspect(new SimulatedFileSystem()));
        Assert.Equal(StoreError.StoreNotFound, error.Error);
    }

    private const long SegmentOffset = 4096 + 80;

    /// <summary>Several segments, two checkpoints, and a log that reaches further back than recovery needs.</summary>
    private static SimulatedFileSystem CreateClosed()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, KeepingOptions);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 100; i++)
                store.Set($"key-{i % 50}", $"value-{round}-{i}-{new string('x', 500)}");
            if (round > 0)
                store.Store.TakeCheckpoint();
        }

        store.Store.Close();
        return files;
    }

    [Fact]
    public void A_segment_full_to_its_last_byte_when_a_checkpoint_is_taken_is_not_missed_later()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { CheckpointsRetained = 1, ArchiveLog = true, ArchiveRetainBytes = 1 };
        using (TestStore store = TestStore.Create(files, options))
        {
            for (int i = 0; i < (options.SegmentBytes - 4096) / 512; i++)
                store.Set("a", $"{i}");
            Assert.Equal(options.SegmentBytes, store.Store.TakeCheckpoint().RedoFrom.Value);
            store.Set("b", "1");
        }

        Assert.DoesNotContain(Inspect(files).Findings, finding => finding.Severity != FindingSeverity.Information);
    }

    [Fact]
    public void What_was_before_a_segment_that_was_left_is_not_missed()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { CheckpointsRetained = 1, CheckpointIncrementsMax = 0, ArchiveLog = true };
        Lsn past;
        using (TestStore store = TestStore.Create(files, options))
        {
            past = store.Set("a", "1").First;
            store.Store.RotateLog();
            store.Set("a", "left");
            store.Store.TakeCheckpoint();
        }

        Assert.Equal(2, Assert.Single(SegmentCatalog.Read(files, storeId: null).Segments).Sequence);

        using (TestStore store = TestStore.Open(files, options with { ArchiveLog = false }))
        {
            store.Store.RotateLog();
            store.Set("a", "left too");
            store.Store.TakeCheckpoint();
        }

        Assert.Equal(3, Assert.Single(SegmentCatalog.Read(files, storeId: null).Segments).Sequence);
        using (TestStore store = TestStore.Open(files, options, target: RecoveryTarget.ToLsn(past)))
            store.Set("b", "1");
        Assert.DoesNotContain(Inspect(files).Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [Fact]
    public void What_a_branch_goes_on_from_may_be_retired_before_what_was_left()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { CheckpointsRetained = 1, LogRetainBytes = 3 * (64 << 10) };
        Lsn fork;
        using (TestStore store = TestStore.Create(files, options))
        {
            fork = store.Set("a", "1").First;
            store.Store.RotateLog();
            store.Set("a", "left");
        }

        using (TestStore store = TestStore.Open(files, options, target: RecoveryTarget.ToLsn(fork)))
        {
            store.Set("b", "1");
            store.Store.RotateLog();
            store.Set("b", "2");
            store.Store.TakeCheckpoint();
        }

        Assert.Equal([2, 3, 4], SegmentCatalog.Read(files, storeId: null).Segments.Select(segment => segment.Sequence));
        Assert.DoesNotContain(Inspect(files).Findings, finding => finding.Severity != FindingSeverity.Information);
    }

    private static IntegrityReport Inspect(SimulatedFileSystem files) => StoreInspector.Inspect(TestStore.HostFor(files));

    private static void Flip(SimulatedFileSystem files, string path, long offset)
    {
        using IFile file = files.Open(path, FileIntent.ReadWrite);
        byte[] one = new byte[1];
        Assert.Equal(1, file.Read(one, offset));
        one[0] ^= 0x10;
        file.Write(one, offset);
    }

    private static Dictionary<string, byte[]> Content(SimulatedFileSystem files)
    {
        Dictionary<string, byte[]> content = [];
        foreach (string directory in new[] { "", "wal", "checkpoints", "staging", "quarantine" })
        {
            foreach (FileEntry entry in files.List(directory).Where(entry => entry.Kind == FileEntryKind.File))
            {
                string path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
                using IFile file = files.Open(path, FileIntent.Read);
                byte[] bytes = new byte[file.GetLength()];
                file.Read(bytes, 0);
                content[path] = bytes;
            }
        }

        return content;
    }
}
