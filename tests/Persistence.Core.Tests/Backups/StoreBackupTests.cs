using Persistence.Backups;
using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Files;
using Xunit;

namespace Persistence.Tests.Backups;

public sealed class StoreBackupTests
{
    [Fact]
    public void A_store_restored_from_a_backup_that_was_taken_while_it_was_open_has_the_same_items_and_files()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem backup = BackupSample.Take(store);
        string expected = BackupSample.Dump(store);
        BackupSample.WriteRound(store, 3);
        Assert.True(BackupSample.Verify(backup).IsWhole);
        Assert.Equal(expected, BackupSample.RestoreAndDump(backup));
    }

    [Fact]
    public void Taking_a_backup_changes_nothing_in_the_store()
    {
        using FileStore store = BackupSample.Create();
        StoreImage before = StoreImage.Of(store.Disk);
        FaultInjectingFileSystem watched = new(store.Disk, (in StorageOperation operation) =>
            CrashPoint.Changes(operation.Kind) && operation.Kind != StorageOperationKind.Open ? throw new InvalidOperationException($"{operation.Kind} {operation.Path}") : null);
        BackupSample.Take(watched);
        Assert.Null(before.FindDifference(StoreImage.Of(store.Disk)));
    }

    [Fact]
    public void A_backup_of_a_store_that_was_closed_and_of_one_that_a_crash_left_is_its_state()
    {
        FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        SimulatedFileSystem crashed = ((SimulatedFileSystem)store.Disk).CrashImage(CrashImageKind.DropPending);
        store.Dispose();
        Assert.Equal(expected, BackupSample.RestoreAndDump(BackupSample.Take(store.Disk)));
        Assert.Equal(expected, BackupSample.RestoreAndDump(BackupSample.Take(crashed)));
    }

    [Fact]
    public void A_backup_of_an_empty_store_restores_to_an_empty_store()
    {
        SimulatedFileSystem disk = new();
        FileStore.Create(disk, BackupSample.Options).Dispose();
        Assert.Equal("", BackupSample.RestoreAndDump(BackupSample.Take(disk)));
    }

    [Fact]
    public void Increments_hold_only_what_came_after_their_parents_and_restore_to_the_state_of_each()
    {
        using FileStore store = BackupSample.Create();
        List<IFileSystem> backups = [BackupSample.Take(store)];
        List<string> expected = [BackupSample.Dump(store)];
        for (int round = 3; round < 7; round++)
        {
            store.Change($"small {round}", ("always.txt", $"content {round}"), ($"only{round - 1}.txt", null));
            if (round == 5)
                BackupSample.WriteRound(store, round);
            backups.Add(BackupSample.Take(store, [.. backups]));
            expected.Add(BackupSample.Dump(store));
        }

        for (int i = 0; i < backups.Count; i++)
            Assert.Equal(expected[i], BackupSample.RestoreAndDump([.. backups.Take(i + 1)]));
        BackupInfo full = StoreBackup.Read(backups[0]);
        BackupInfo increment = StoreBackup.Read(backups[1]);
        Assert.Equal(full.Id, increment.ParentId);
        Assert.True(increment.Bytes * 5 < full.Bytes, $"{increment.Bytes} of {full.Bytes}");
        Assert.DoesNotContain(BackupSample.PathsIn(backups[1]), path => path.StartsWith("checkpoints/", StringComparison.Ordinal) || path == "files/only1.txt");
    }

    [Fact]
    public void An_increment_is_taken_although_a_checkpoint_came_in_between_and_after_a_clean_close_and_a_crash()
    {
        FileStore store = BackupSample.Create();
        List<IFileSystem> backups = [BackupSample.Take(store)];
        store.KeyValue.Set("a", TestStore.Encode("1"));
        store.Store.TakeCheckpoint();
        backups.Add(BackupSample.Take(store, [.. backups]));
        store.Dispose();
        store = FileStore.Open(store.Disk, BackupSample.Options);
        store.KeyValue.Set("b", TestStore.Encode("2"));
        SimulatedFileSystem crashed = ((SimulatedFileSystem)store.Disk).CrashImage(CrashImageKind.DropPending);
        store.Dispose();
        using FileStore recovered = FileStore.Open(crashed, BackupSample.Options, bootId: "boot-2");
        recovered.KeyValue.Set("c", TestStore.Encode("3"));
        backups.Add(BackupSample.Take(recovered, [.. backups]));
        Assert.Equal(BackupSample.Dump(recovered), BackupSample.RestoreAndDump([.. backups]));
    }

    [Fact]
    public void An_increment_of_a_store_in_which_nothing_happened_is_empty_and_restores()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem full = BackupSample.Take(store);
        SimulatedFileSystem increment = BackupSample.Take(store, full);
        Assert.Equal(["MANIFEST"], BackupSample.PathsIn(increment));
        Assert.Equal(BackupSample.Dump(store), BackupSample.RestoreAndDump(full, increment));
    }

    [Fact]
    public void What_a_writer_does_while_a_backup_is_taken_neither_damages_it_nor_gets_half_into_it()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options with { SpareSegments = 1 });
        BackupSample.WriteRound(store, 1);
        store.Store.TakeCheckpoint();
        List<string> states = [BackupSample.Dump(store)];
        int round = 1;
        SimulatedFileSystem backup = new();
        StoreBackup.Take(TestStore.HostFor(store.Disk), backup, new BackupRequest
        {
            Progress = _ =>
            {
                if (round > 12)
                    return;
                store.Change($"round {++round}", ("always.txt", $"content {round}"));
                states.Add(BackupSample.Dump(store));
                for (int i = 0; i < 8; i++)
                {
                    store.KeyValue.Set($"key{i}", TestStore.Encode($"{round}.{i} ".PadRight(2500, 'v')));
                    states.Add(BackupSample.Dump(store));
                }

                store.Store.TakeCheckpoint();
            },
        });
        Assert.True(round > 4, $"only {round} rounds");
        Assert.Contains(BackupSample.RestoreAndDump(backup), states);
    }

    [Fact]
    public void A_file_that_a_writer_replaces_and_forgets_while_a_backup_is_taken_makes_the_backup_begin_anew()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem backup = new();
        bool hasReplaced = false;
        StoreBackup.Take(TestStore.HostFor(store.Disk), backup, new BackupRequest
        {
            Progress = made =>
            {
                if (made.Phase != BackupPhase.Copying || hasReplaced)
                    return;
                hasReplaced = true;
                for (int round = 3; round < 6; round++)
                {
                    BackupSample.WriteRound(store, round);
                    store.Store.TakeCheckpoint();
                }
            },
        });
        Assert.True(hasReplaced);
        Assert.Equal(BackupSample.Dump(store), BackupSample.RestoreAndDump(backup));
    }

    [Fact]
    public void A_restored_store_is_another_store_whose_log_begins_above_every_position_of_the_old_one()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem destination = new();
        BackupSample.Restore(destination, BackupSample.Take(store));
        Lsn last = store.KeyValue.Set("last", TestStore.Encode("1")).End;
        using FileStore restored = FileStore.Open(destination, BackupSample.Options);
        Assert.NotEqual(store.Store.StoreId, restored.Store.StoreId);
        Assert.True(restored.KeyValue.Set("first", TestStore.Encode("1")).First >= last);
        Assert.True(restored.Store.RecoveryReport.Epoch > store.Store.RecoveryReport.Epoch);
        CheckpointInfo checkpoint = Assert.Single(restored.Store.GetCheckpoints());
        Assert.True(checkpoint.IsFull);
    }

    [Fact]
    public void A_restored_store_goes_on_like_any_and_can_be_backed_up_itself()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem destination = new();
        BackupSample.Restore(destination, BackupSample.Take(store));
        string expected;
        using (FileStore restored = FileStore.Open(destination, BackupSample.Options))
        {
            for (int round = 3; round < 6; round++)
            {
                BackupSample.WriteRound(restored, round);
                restored.Store.TakeCheckpoint();
            }

            BackupSample.WriteRound(restored, 7);
            expected = BackupSample.Dump(restored);
        }

        Assert.True(StoreInspector.Inspect(TestStore.HostFor(destination)).IsHealthy);
        Assert.Equal(expected, BackupSample.RestoreAndDump(BackupSample.Take(destination)));
        using FileStore again = FileStore.Open(destination, BackupSample.Options);
        Assert.Equal(expected, BackupSample.Dump(again));
    }

    [Fact]
    public void A_restored_store_whose_checkpoint_is_damaged_is_refused_and_not_taken_for_an_empty_one()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem destination = new();
        BackupSample.Restore(destination, BackupSample.Take(store));
        StoreImage image = StoreImage.Of(destination);
        image.Flip(image.Paths.Single(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)), 200);
        BackupSample.Refused(StoreError.CheckpointInvalid, () => FileStore.Open(image.ToFiles(), BackupSample.Options));
    }

    [Fact]
    public void The_configuration_of_a_store_is_in_its_backups_and_restored_unless_there_is_one_already()
    {
        using FileStore store = BackupSample.Create();
        AtomicFile.Write(store.Disk, "persistence.toml", "# of the old store\n"u8);
        SimulatedFileSystem backup = BackupSample.Take(store);
        SimulatedFileSystem destination = new();
        BackupSample.Restore(destination, backup, BackupSample.Take(store, backup));
        Assert.Equal(StoreImage.Of(store.Disk)["persistence.toml"], StoreImage.Of(destination)["persistence.toml"]);
    }

    [Fact]
    public void A_backup_can_be_read_as_the_store_it_is_of_application_records_included()
    {
        using FileStore store = BackupSample.Create();
        store.Store.AppendRecord("note", TestStore.Encode("remember"));
        SimulatedFileSystem backup = BackupSample.Take(store);
        KeyValueState items = new();
        FileState files = new();
        using PersistenceStore read = StoreBackup.OpenReadOnly([backup], TestStore.HostFor(new SimulatedFileSystem()), [items, files]);
        Assert.Equal(BackupSample.Dump(store), BackupSample.Dump(items, files));
        Assert.Equal("remember", Assert.Single(read.ReadLog(from: StoreBackup.Read(backup).FirstLsn).Where(entry => entry.Type == RecordType.ApplicationRecord).Select(ArchiveStore.Text)));
    }

    [Fact]
    public void With_the_archive_asked_for_a_backup_has_every_record_there_still_is()
    {
        ArchiveStore sample = ArchiveStore.Create();
        SimulatedFileSystem backup = new();
        StoreBackup.Take(TestStore.HostFor(sample.Files), backup, new BackupRequest { IncludeArchive = true });
        KeyValueState items = new();
        using PersistenceStore read = StoreBackup.OpenReadOnly([backup], TestStore.HostFor(new SimulatedFileSystem()), [items, new FileState()]);
        Assert.Equal(sample.Records, read.ReadLog(Lsn.None).Where(entry => entry.Type == RecordType.ApplicationRecord).Select(ArchiveStore.Text));
    }

    [Fact]
    public void An_increment_goes_on_in_the_archive_where_the_log_was_retired()
    {
        ArchiveStore sample = ArchiveStore.Begin(new SimulatedFileSystem());
        sample.Write(rounds: 1);
        SimulatedFileSystem full = BackupSample.Take(sample.Files);
        sample.Write(rounds: 6);
        sample.Close();
        SimulatedFileSystem increment = BackupSample.Take(sample.Files, full);
        Assert.Equal(sample.State, BackupSample.RestoreAndDump(full, increment));
    }

    [Fact]
    public void What_a_restore_would_do_can_be_asked_without_doing_it()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem destination = new();
        SimulatedFileSystem backup = BackupSample.Take(store);
        Persistence.Recovery.RecoveryReport report = StoreBackup.PlanRestore([backup], TestStore.HostFor(destination), [new KeyValueState(), new FileState()], stop: TestContext.Current.CancellationToken);
        Assert.False(report.Applied);
        Assert.Equal(StoreBackup.Read(backup).Position, report.EndLsn);
        Assert.Empty(BackupSample.PathsIn(destination));
    }

    [Fact]
    public void A_backup_that_is_given_up_leaves_nothing_behind()
    {
        using FileStore store = BackupSample.Create();
        foreach (BackupPhase phase in (BackupPhase[])[BackupPhase.Reading, BackupPhase.Copying, BackupPhase.Verifying])
        {
            using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            SimulatedFileSystem backup = new();
            Assert.Throws<OperationCanceledException>(() => StoreBackup.Take(TestStore.HostFor(store.Disk), backup, new BackupRequest
            {
                Stop = stopping.Token,
                Progress = made =>
                {
                    if (made.Phase == phase)
                        stopping.Cancel();
                },
            }));
            Assert.Empty(BackupSample.PathsIn(backup));
        }
    }
}
