using Persistence.Backups;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Files;
using Xunit;

namespace Persistence.Tests.Backups;

/// <summary>The crash argument of Backups/FORMAT.md: a cut, and a failure, at every operation of taking and restoring.</summary>
public sealed class BackupCrashTests
{
    private static readonly CrashImageKind[] Kinds = Enum.GetValues<CrashImageKind>();

    [Fact]
    public void A_cut_at_any_operation_of_taking_leaves_no_backup_or_a_whole_one()
    {
        using FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        List<(string Name, SimulatedFileSystem Disk)> cuts = Collect(disk => StoreBackup.Take(TestStore.HostFor(store.Disk), disk));
        int whole = 0;
        foreach ((string name, SimulatedFileSystem disk) in cuts)
        {
            if (disk.List("").All(entry => entry.Name != "MANIFEST"))
            {
                BackupSample.Refused(StoreError.BackupInvalid, () => StoreBackup.Read(disk));
                continue;
            }

            whole++;
            Assert.True(expected == BackupSample.RestoreAndDump(disk), name);
        }

        Assert.True(cuts.Count > 60, $"only {cuts.Count} cuts");
        Assert.True(whole >= Kinds.Length, $"only {whole} whole ones");
    }

    [Fact]
    public void A_cut_at_any_operation_of_restoring_leaves_no_store_or_a_whole_one_and_restoring_again_completes_it()
    {
        using FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        SimulatedFileSystem backup = BackupSample.Take(store);
        List<(string Name, SimulatedFileSystem Disk)> cuts = Collect(disk => BackupSample.Restore(disk, backup));
        int begunAnew = 0;
        foreach ((string name, SimulatedFileSystem disk) in cuts)
        {
            if (disk.List("").All(entry => entry.Name != "ROOT"))
            {
                BackupSample.Refused(StoreError.StoreNotFound, () => FileStore.Open(disk, BackupSample.Options));
                BackupSample.Restore(disk, backup);
                begunAnew++;
            }

            using FileStore restored = FileStore.Open(disk, BackupSample.Options, bootId: "boot-2");
            Assert.True(expected == BackupSample.Dump(restored), name);
            Assert.Empty(FileStore.NamesIn(disk, "staging"));
        }

        Assert.True(begunAnew > 60, $"only {begunAnew} cuts");
    }

    [Fact]
    public void What_a_restore_that_was_cut_short_left_is_not_taken_for_the_beginning_of_a_store()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem backup = BackupSample.Take(store);
        List<(string Name, SimulatedFileSystem Disk)> cuts = Collect(disk => BackupSample.Restore(disk, backup));
        (_, SimulatedFileSystem late) = cuts.Last(cut => cut.Disk.List("").All(entry => entry.Name != "ROOT"));
        StoreImage before = StoreImage.Of(late);
        BackupSample.Refused(StoreError.StoreMismatch, () => TestStore.Create(late));
        BackupSample.Refused(StoreError.StoreNotFound, () => TestStore.Open(late, mode: Persistence.Recovery.RecoveryMode.TolerateTail));
        Assert.Null(before.FindDifference(StoreImage.Of(late)));
    }

    [Fact]
    public void Whatever_operation_fails_while_a_backup_is_taken_there_is_none_and_the_next_one_succeeds()
    {
        using FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        long reads = Count(store.Disk, watched => BackupSample.Take(watched));
        long writes = Count(new SimulatedFileSystem(), watched => StoreBackup.Take(TestStore.HostFor(store.Disk), watched));
        for (long failing = 1; failing <= reads; failing += 3)
            TakeWithFault(store, Failing(store.Disk, failing, StorageFault.Failed), new SimulatedFileSystem());
        for (long failing = 1; failing <= writes; failing++)
        {
            SimulatedFileSystem destination = new();
            TakeWithFault(store, store.Disk, Failing(destination, failing, failing % 2 == 0 ? StorageFault.DiskFull : StorageFault.Failed), destination);
        }

        Assert.Equal(expected, BackupSample.RestoreAndDump(BackupSample.Take(store)));
    }

    [Fact]
    public void Whatever_operation_fails_while_a_store_is_restored_there_is_none_and_restoring_again_succeeds()
    {
        using FileStore store = BackupSample.Create();
        string expected = BackupSample.Dump(store);
        SimulatedFileSystem backup = BackupSample.Take(store);
        long writes = Count(new SimulatedFileSystem(), watched => BackupSample.Restore(watched, backup));
        int failed = 0;
        for (long failing = 1; failing <= writes; failing++)
        {
            SimulatedFileSystem destination = new();
            try
            {
                BackupSample.Restore(Failing(destination, failing, StorageFault.Failed), backup);
            }
            catch (StoreException e)
            {
                failed++;
                Assert.Equal(StoreError.StorageFailed, e.Error);
                BackupSample.Restore(destination, backup);
            }

            using FileStore restored = FileStore.Open(destination, BackupSample.Options);
            Assert.Equal(expected, BackupSample.Dump(restored));
        }

        Assert.True(failed > 40, $"only {failed} failures");
    }

    private static void TakeWithFault(FileStore store, IFileSystem source, IFileSystem destination, SimulatedFileSystem? disk = null)
    {
        try
        {
            StoreBackup.Take(TestStore.HostFor(source), destination);
        }
        catch (StoreException)
        {
            Assert.DoesNotContain(((IFileSystem?)disk ?? destination).List(""), entry => entry.Name == "MANIFEST");
            return;
        }

        // What failed did not matter: a leftover that was not there, say.
        Assert.Equal(BackupSample.Dump(store), BackupSample.RestoreAndDump(disk ?? destination));
    }

    /// <summary>The disk as a cut before each changing operation, and after the last, may leave it.</summary>
    private static List<(string Name, SimulatedFileSystem Disk)> Collect(Action<IFileSystem> act)
    {
        SimulatedFileSystem disk = new();
        List<(string Name, SimulatedFileSystem Disk)> cuts = [];
        FaultInjectingFileSystem watched = new(disk, (in StorageOperation operation) =>
        {
            if (CrashPoint.Changes(operation.Kind))
                Add($"before {operation.Kind} {operation.Path} ({operation.Ordinal})");
            return null;
        });
        act(watched);
        Add("after the last");
        return cuts;

        void Add(string name) => cuts.AddRange(Kinds.Select(kind => ($"{name}, {kind}", disk.CrashImage(kind))));
    }

    private static long Count(IFileSystem files, Action<IFileSystem> act)
    {
        FaultInjectingFileSystem counted = new(files, (in StorageOperation _) => null);
        act(counted);
        return counted.OperationCount;
    }

    private static FaultInjectingFileSystem Failing(IFileSystem files, long ordinal, StorageFault fault) =>
        new(files, (in StorageOperation operation) => operation.Ordinal == ordinal ? new InjectedFault(fault) : null);
}
