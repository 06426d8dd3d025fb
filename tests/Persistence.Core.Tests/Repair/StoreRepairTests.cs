using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Repair;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Backups;
using Persistence.Tests.Engine;
using Persistence.Tests.Files;
using Persistence.Tests.Recovery;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Repair;

public sealed class StoreRepairTests
{
    [Fact]
    public void A_salvage_of_a_whole_store_is_the_store()
    {
        FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        store.Dispose();
        (RepairReport report, string found) = Salvage(StoreImage.Of(store.Disk));
        Assert.Equal(expected, found);
        Assert.Empty(report.DamagedRanges);
        Assert.Empty(report.LeftOut);
    }

    [Fact]
    public void A_salvage_changes_nothing_in_the_damaged_store()
    {
        StoreImage damaged = Damaged(out _);
        SimulatedFileSystem disk = damaged.ToFiles();
        StoreRepair.Run(TestStore.HostFor(disk), Request(RepairMode.Salvage, new SimulatedFileSystem()));
        Assert.Null(damaged.FindDifference(StoreImage.Of(disk)));
    }

    [Fact]
    public void Of_a_log_with_a_hole_everything_else_is_salvaged_and_the_hole_is_listed()
    {
        StoreImage damaged = Damaged(out long offset);
        BackupSample.Refused(StoreError.RecoveryRequired, () => FileStore.Open(damaged.ToFiles(), BackupSample.Options));
        (RepairReport report, string found) = Salvage(damaged);
        Assert.Equal("a=1;c=3;", found);
        DamagedRange range = Assert.Single(report.DamagedRanges);
        Assert.Equal(offset, range.Offset);
        Assert.True(range.IsNeeded && range.To > range.From, range.ToString());
        Assert.Single(report.LeftOut);
        Assert.True(report.Applied);
        Assert.NotNull(report.NewStoreId);
        Assert.NotEqual(report.StoreId, report.NewStoreId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_salvage_that_is_stopped_while_it_writes_leaves_no_store_and_can_be_made_again(bool hasFiles)
    {
        FileStore store = hasFiles ? BackupSample.Create() : FileStore.Create(new SimulatedFileSystem(), BackupSample.Options);
        store.KeyValue.Set("a", TestStore.Encode("1"));
        string expected = BackupSample.Dump(store);
        store.Dispose();
        SimulatedFileSystem destination = new();
        RepairRequest request = Request(RepairMode.Salvage, destination);
        for (int pieces = 0; ; pieces++)
        {
            int left = pieces;
            try
            {
                StoreRepair.Run(TestStore.HostFor(store.Disk), request with { Progress = told => StopWhenWritten(told, ref left) });
                Assert.True(pieces > (hasFiles ? 1 : 0), $"{pieces}");
                break;
            }
            catch (OperationCanceledException)
            {
                BackupSample.Refused(StoreError.StoreNotFound, () => FileStore.Open(destination, BackupSample.Options));
            }
        }

        using FileStore salvaged = FileStore.Open(destination, BackupSample.Options);
        Assert.Equal(expected, BackupSample.Dump(salvaged));
    }

    private static void StopWhenWritten(RecoveryProgress told, ref int left)
    {
        if (told.Phase == RecoveryPhase.Writing && left-- == 0)
            throw new OperationCanceledException();
    }

    [Fact]
    public void A_plan_says_what_a_salvage_would_find_and_needs_no_destination()
    {
        StoreImage damaged = Damaged(out _);
        RepairReport plan = StoreRepair.Run(TestStore.HostFor(damaged.ToFiles()), Request(RepairMode.Salvage) with { IsPlan = true });
        (RepairReport report, _) = Salvage(damaged);
        Assert.False(plan.Applied);
        Assert.Null(plan.NewStoreId);
        Assert.Equal(report.DamagedRanges, plan.DamagedRanges);
        Assert.Equal(report.LeftOut, plan.LeftOut);
    }

    [Fact]
    public void A_transaction_of_several_frames_of_which_one_is_lost_is_left_out_whole()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options);
        store.KeyValue.Set("a", TestStore.Encode("1"));
        KeyValueBatch batch = new();
        // More than the largest frame holds.
        for (int i = 0; i < 6; i++)
            batch.Set($"big{i}", TestStore.Encode(new string('b', 1 << 20)));
        CommitPlace place = new(store.KeyValue.Commit(batch));
        store.KeyValue.Set("c", TestStore.Encode("3"));
        StoreImage image = StoreImage.Of(store.Disk);
        place.Damage(image);
        (RepairReport report, string found) = Salvage(image);
        Assert.Equal("a=1;c=3;", found);
        Assert.Contains(report.LeftOut, text => text.Contains("transaction", StringComparison.Ordinal));
    }

    [Fact]
    public void A_segment_whose_header_is_damaged_is_read_all_the_same()
    {
        FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        store.Dispose();
        StoreImage image = StoreImage.Of(store.Disk);
        foreach (string segment in image.Paths.Where(path => path.StartsWith("wal/0", StringComparison.Ordinal)).ToArray())
        {
            StoreImage damaged = image.Copy();
            damaged.Flip(segment, 20);
            (_, string found) = Salvage(damaged);
            Assert.True(expected == found, segment);
        }
    }

    [Fact]
    public void Without_any_segment_the_checkpoint_is_salvaged_and_without_ROOT_what_the_files_say()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options);
        BackupSample.WriteRound(store, 1);
        store.Store.TakeCheckpoint();
        string expected = BackupSample.Dump(store);
        StoreImage image = StoreImage.Of(store.Disk);
        StoreImage noLog = image.Copy();
        foreach (string segment in image.Paths.Where(path => path.StartsWith("wal/", StringComparison.Ordinal)).ToArray())
            noLog.Remove(segment);
        Assert.Equal(expected, Salvage(noLog).Found);
        image.Remove("ROOT");
        Assert.Equal(expected, Salvage(image).Found);
        noLog.Remove("ROOT");
        Assert.Equal(expected, Salvage(noLog).Found);
    }

    [Fact]
    public void A_damaged_checkpoint_gives_way_to_an_older_one_and_that_to_the_log()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options with { CheckpointsRetained = 3 });
        for (int round = 1; round < 3; round++)
        {
            BackupSample.WriteRound(store, round);
            store.Store.TakeCheckpoint();
        }

        store.KeyValue.Set("last", TestStore.Encode("1"));
        StoreImage image = StoreImage.Of(store.Disk);
        foreach (string checkpoint in image.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)).Reverse().ToArray())
        {
            image.Flip(checkpoint, 200);
            (RepairReport report, string found) = Salvage(image);
            Assert.Equal(BackupSample.Dump(store), found);
            Assert.Contains(report.DamagedRanges, range => range.File == checkpoint && !range.IsNeeded);
        }
    }

    [Fact]
    public void A_segment_that_is_missing_is_said_to_be_missing_and_read_from_the_archive_where_it_is_there()
    {
        ArchiveStore sample = ArchiveStore.Create();
        StoreImage image = StoreImage.Of(sample.Files);
        foreach (string checkpoint in image.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)).ToArray())
            image.Remove(checkpoint);
        (RepairReport whole, string found) = Salvage(image);
        Assert.Equal(sample.State, found);
        Assert.Empty(whole.LeftOut);
        string archived = image.Paths.Where(path => path.StartsWith("archive/", StringComparison.Ordinal)).ElementAt(1);
        image.Remove(archived);
        (RepairReport report, _) = Salvage(image);
        Assert.Contains(report.DamagedRanges, range => range.IsNeeded && range.Reason.Contains("missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_left_when_the_store_went_back_is_not_salvaged(bool isRootLost)
    {
        BranchedHistory history = BranchedHistory.Instance;
        StoreImage image = StoreImage.Of(history.Copy());
        if (isRootLost)
            image.Remove("ROOT");
        string expected = history.Commits[^1].State;
        string[] checkpoints = [.. image.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal))];
        (RepairReport report, string found) = Salvage(image, BranchedHistory.Options);
        Assert.Equal(expected, found);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.HistoryLeft);
        foreach (string checkpoint in checkpoints)
            image.Remove(checkpoint);
        Assert.Equal(expected, Salvage(image, BranchedHistory.Options).Found);
    }

    [Fact]
    public void Of_a_branch_whose_first_segment_is_lost_nothing_that_was_left_takes_its_place()
    {
        BranchedHistory history = BranchedHistory.Instance;
        StoreImage image = StoreImage.Of(history.Copy());
        SegmentInfo first = history.Segments.Last(segment => segment.Header!.BeginsBranch);
        foreach (string path in image.Paths.Where(path => path == first.Path || path.StartsWith("checkpoints/", StringComparison.Ordinal)).ToArray())
            image.Remove(path);
        Assert.Equal(history.StateAt(first.Header!.PreviousEnd), Salvage(image, BranchedHistory.Options).Found);
    }

    [Fact]
    public void A_file_whose_content_is_lost_is_left_out_and_named()
    {
        FileStore store = BackupSample.Create();
        store.Dispose();
        StoreImage image = StoreImage.Of(store.Disk);
        image.Flip("files/only2.txt", 5);
        (RepairReport report, string found) = Salvage(image);
        Assert.DoesNotContain("only2.txt", found, StringComparison.Ordinal);
        Assert.Contains("only1.txt", found, StringComparison.Ordinal);
        Assert.Contains(report.LeftOut, text => text.Contains("only2.txt", StringComparison.Ordinal));
    }

    [Fact]
    public void A_salvage_into_a_directory_that_holds_something_is_refused_and_of_a_store_with_nothing_readable_too()
    {
        FileStore store = BackupSample.Create();
        BackupSample.Refused(StoreError.StoreExists, () => StoreRepair.Run(TestStore.HostFor(store.Disk), Request(RepairMode.Salvage, (SimulatedFileSystem)store.Disk)));
        store.Dispose();
        StoreImage image = StoreImage.Of(store.Disk);
        foreach (string path in image.Paths.Where(path => path.StartsWith("wal/", StringComparison.Ordinal) || path.StartsWith("checkpoints/", StringComparison.Ordinal)).ToArray())
            image.Remove(path);
        BackupSample.Refused(StoreError.CheckpointInvalid, () => Salvage(image));
    }

    [Fact]
    public void To_tolerate_the_tail_ends_the_log_at_the_damage_and_lists_what_that_costs()
    {
        SimulatedFileSystem disk = Damaged(out long offset).ToFiles();
        RepairReport plan = StoreRepair.Run(TestStore.HostFor(disk), Request(RepairMode.TolerateTail) with { IsPlan = true });
        Assert.False(plan.Applied);
        RepairReport report = StoreRepair.Run(TestStore.HostFor(disk), Request(RepairMode.TolerateTail));
        Assert.True(report.Applied);
        Assert.Equal(offset, Assert.Single(report.DamagedRanges).Offset);
        Assert.Single(report.LeftOut);
        Assert.NotEmpty(report.Quarantined);
        using FileStore store = FileStore.Open(disk, BackupSample.Options);
        Assert.Equal("a=1;", BackupSample.Dump(store));
    }

    [Fact]
    public void Damaged_files_that_the_state_does_not_need_go_to_quarantine_and_the_store_is_healthy()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options with { CheckpointsRetained = 2, LogRetainBytes = 1 << 30 });
        for (int round = 1; round < 5; round++)
        {
            BackupSample.WriteRound(store, round);
            store.Store.TakeCheckpoint();
        }

        string expected = BackupSample.Dump(store);
        store.Dispose();
        StoreImage image = StoreImage.Of(store.Disk);
        string checkpoint = image.Paths.Last(path => path.StartsWith("checkpoints/", StringComparison.Ordinal));
        string segment = image.Paths.First(path => path.StartsWith("wal/0", StringComparison.Ordinal));
        image.Flip(checkpoint, 200);
        image.Flip(segment, 4096 + 80);
        SimulatedFileSystem disk = image.ToFiles();
        RepairReport plan = StoreRepair.Run(TestStore.HostFor(disk), Request(RepairMode.Quarantine) with { IsPlan = true });
        Assert.False(plan.Applied);
        Assert.Null(image.FindDifference(StoreImage.Of(disk)));
        RepairReport report = StoreRepair.Run(TestStore.HostFor(disk), Request(RepairMode.Quarantine));
        Assert.Equal([checkpoint, segment], report.DamagedRanges.Select(range => range.File).Order(StringComparer.Ordinal));
        Assert.Equal(2, report.Quarantined.Count);
        Assert.True(StoreInspector.Inspect(TestStore.HostFor(disk)).IsHealthy);
        using FileStore repaired = FileStore.Open(disk, BackupSample.Options);
        Assert.Equal(expected, BackupSample.Dump(repaired));
    }

    [Fact]
    public void A_segment_of_another_store_is_moved_away_and_the_store_opens()
    {
        FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        store.Dispose();
        FileStore other = BackupSample.Create();
        using TestStore third = TestStore.Create(TestStore.DeterministicHostFor(new SimulatedFileSystem(), seed: 99), BackupSample.Options);
        StoreImage image = StoreImage.Of(store.Disk);
        image["wal/0000000900.wal"] = StoreImage.Of(third.Files)["wal/0000000001.wal"];
        other.Dispose();
        SimulatedFileSystem disk = image.ToFiles();
        BackupSample.Refused(StoreError.StoreMismatch, () => FileStore.Open(disk, BackupSample.Options));
        RepairReport report = StoreRepair.Run(TestStore.HostFor(disk), Request(RepairMode.Quarantine));
        Assert.Single(report.Quarantined);
        using FileStore repaired = FileStore.Open(disk, BackupSample.Options);
        Assert.Equal(expected, BackupSample.Dump(repaired));
    }

    [Fact]
    public void What_was_left_by_going_back_does_not_come_back_by_a_salvage()
    {
        SimulatedFileSystem disk = new();
        List<Lsn> commits = [];
        using (FileStore store = FileStore.Create(disk, BackupSample.Options))
        {
            foreach (string key in (string[])["a", "b", "c"])
                commits.Add(store.KeyValue.Set(key, TestStore.Encode("1")).First);
            // So that what is left has segments of its own.
            for (int i = 0; i < 20; i++)
                store.KeyValue.Set("large", TestStore.Encode(new string('l', 3000)));
        }

        Write(commits[1], "d");
        Assert.Equal("a=1;b=1;d=1;", Salvage(StoreImage.Of(disk)).Found);
        // A branch of the branch, and then one of what the first has left.
        Write(commits[0], "e");
        Assert.Equal("a=1;e=1;", Salvage(StoreImage.Of(disk)).Found);
        Write(commits[2], "f");
        StoreImage image = StoreImage.Of(disk);
        Assert.Equal("a=1;b=1;c=1;f=1;", Salvage(image).Found);
        image.Remove("ROOT");
        Assert.Equal("a=1;b=1;c=1;f=1;", Salvage(image).Found);

        void Write(Lsn target, string key)
        {
            KeyValueState items = new();
            using PersistenceStore store = PersistenceStore.Open(TestStore.HostFor(disk), BackupSample.Options, [items, new FileState()], target: RecoveryTarget.ToLsn(target));
            items.Set(key, TestStore.Encode("1"));
        }
    }

    [Fact]
    public void What_a_writer_has_done_about_damage_while_the_repair_waited_for_the_lock_is_not_undone()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options with { LogRetainBytes = 1 << 30 });
        for (int round = 1; round < 4; round++)
        {
            BackupSample.WriteRound(store, round);
            store.Store.TakeCheckpoint();
        }

        string expected = BackupSample.Dump(store);
        store.Dispose();
        StoreImage image = StoreImage.Of(store.Disk);
        string segment = image.Paths.First(path => path.StartsWith("wal/0", StringComparison.Ordinal));
        image.Flip(segment, 4096 + 80);
        SimulatedFileSystem disk = image.ToFiles();
        bool isDone = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Open && operation.Path == "LOCK" && !isDone)
            {
                isDone = true;
                // Retention takes the damaged segment.
                using FileStore writer = FileStore.Open(disk, BackupSample.Options);
                writer.Store.TakeCheckpoint();
                Assert.DoesNotContain(segment, StoreImage.Of(disk).Paths);
            }

            return null;
        });
        RepairReport report = StoreRepair.Run(TestStore.HostFor(files), Request(RepairMode.Quarantine));
        Assert.True(isDone);
        Assert.Empty(report.Quarantined);
        Assert.Empty(report.DamagedRanges);
        using FileStore repaired = FileStore.Open(disk, BackupSample.Options);
        Assert.Equal(expected, BackupSample.Dump(repaired));
    }

    [Fact]
    public void What_the_state_needs_is_not_moved_to_quarantine()
    {
        StoreImage damaged = Damaged(out _);
        SimulatedFileSystem disk = damaged.ToFiles();
        BackupSample.Refused(StoreError.RecoveryRequired, () => StoreRepair.Run(TestStore.HostFor(disk), Request(RepairMode.Quarantine)));
        Assert.Null(damaged.FindDifference(StoreImage.Of(disk)));
    }

    /// <summary>Three keys, the second of which is damaged, with proof that it was whole.</summary>
    private static StoreImage Damaged(out long offset)
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options);
        store.KeyValue.Set("a", TestStore.Encode("1"));
        CommitPlace place = new(store.KeyValue.Set("b", TestStore.Encode("2")));
        store.KeyValue.Set("c", TestStore.Encode("3"));
        StoreImage image = StoreImage.Of(store.Disk);
        place.Damage(image);
        offset = place.FrameOffset;
        return image;
    }

    private static (RepairReport Report, string Found) Salvage(StoreImage damaged, StoreOptions? options = null)
    {
        SimulatedFileSystem destination = new();
        options ??= BackupSample.Options;
        RepairReport report = StoreRepair.Run(TestStore.HostFor(damaged.ToFiles()), Request(RepairMode.Salvage, destination) with { Options = options });
        using FileStore store = FileStore.Open(destination, options);
        return (report, BackupSample.Dump(store));
    }

    private static RepairRequest Request(RepairMode mode, SimulatedFileSystem? destination = null) => new()
    {
        Mode = mode,
        Models = static () => [new KeyValueState(), new FileState()],
        Destination = destination is null ? null : TestStore.HostFor(destination),
        Options = BackupSample.Options,
    };
}
