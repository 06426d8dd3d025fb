using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>What the archive cannot take stays in the log, is reported, and is tried again; nobody's commit or checkpoint fails by it.</summary>
public sealed class ArchiveFailureTests
{
    [Theory]
    [InlineData(StorageFault.DiskFull, StorageOperationKind.Write)]
    [InlineData(StorageFault.Failed, StorageOperationKind.Write)]
    [InlineData(StorageFault.Failed, StorageOperationKind.Read)]
    [InlineData(StorageFault.Failed, StorageOperationKind.Sync)]
    [InlineData(StorageFault.Failed, StorageOperationKind.Rename)]
    [InlineData(StorageFault.Failed, StorageOperationKind.SyncDirectory)]
    [InlineData(StorageFault.TooManyOpenFiles, StorageOperationKind.Open)]
    public void A_failure_keeps_the_segment_in_the_log_until_the_cause_is_gone(StorageFault fault, StorageOperationKind kind)
    {
        bool isBroken = true;
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) => Volatile.Read(ref isBroken) && operation.Kind == kind && IsOfArchive(operation.Path) ? new InjectedFault(fault) : null);
        ArchiveStore sample = ArchiveStore.Begin(files);
        sample.Write(rounds: 4);
        StoreException cause = Assert.IsAssignableFrom<StoreException>(sample.WaitForDegraded());
        Assert.Equal(new StorageException(fault, "x", "y").Error, cause.Error);
        Assert.Null(sample.Store.Store.GetStatus().Fault);
        Assert.Equal(1, sample.FirstSegmentInLog);
        Assert.Equal(sample.Records, ArchiveStore.ReadRecords(sample.Store));
        Volatile.Write(ref isBroken, false);
        sample.Write(rounds: 2);
        sample.Close();
        Assert.True(sample.FirstSegmentInLog > 1);
        Assert.Empty(files.List("staging"));
        Assert.Empty(files.List("quarantine"));
        using TestStore store = TestStore.OpenReadOnly(disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(sample.Records, ArchiveStore.ReadRecords(store));
    }

    [Fact]
    public void A_segment_stays_in_the_log_while_its_copy_does_not_read_back_as_it_was_written()
    {
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            operation.Kind == StorageOperationKind.Write && IsOfArchive(operation.Path) && operation.ByteCount > ArchiveHeader.Bytes ? new InjectedFault(StorageFault.Failed) { IsLost = true } : null);
        ArchiveStore sample = ArchiveStore.Begin(files, ArchiveStore.Options with { Compress = false });
        sample.Write(rounds: 4);
        StoreException cause = Assert.IsAssignableFrom<StoreException>(sample.WaitForDegraded());
        Assert.Equal(StoreError.ChecksumMismatch, cause.Error);
        sample.Close();
        Assert.Empty(ArchiveCatalog.List(files));
        using TestStore store = TestStore.OpenReadOnly(files);
        Assert.Equal(sample.Records, ArchiveStore.ReadRecords(store));
    }

    [Fact]
    public void A_damaged_file_of_the_name_goes_to_quarantine_and_the_segment_is_archived_anew()
    {
        SimulatedFileSystem files = new();
        ArchiveStore sample = ArchiveStore.Begin(files, ArchiveStore.Options with { ArchiveLog = false, LogRetainBytes = long.MaxValue });
        sample.Write(rounds: 4);
        sample.Close();
        ArchiveStore.CopyToArchive(files, index: 0);
        ArchiveStore.CopyToArchive(files, index: 1);
        StoreImage image = StoreImage.Of(files);
        IReadOnlyList<ArchiveName> before = ArchiveCatalog.List(files);
        image.Flip(before[0].Path, ArchiveHeader.Bytes + 100);
        files = image.ToFiles();
        using (TestStore store = TestStore.Open(files, ArchiveStore.Options))
            store.Store.TakeCheckpoint();
        Assert.EndsWith(before[0].File, Assert.Single(files.List("quarantine")).Name, StringComparison.Ordinal);
        StoreImage after = StoreImage.Of(files);
        Assert.Equal(image[before[1].Path], after[before[1].Path]);
        using TestStore reader = TestStore.OpenReadOnly(files);
        Assert.Equal(sample.Records, ArchiveStore.ReadRecords(reader));
    }

    [Theory]
    [InlineData("header")]
    [InlineData("frame")]
    public void A_segment_that_is_damaged_in_the_log_is_kept_in_quarantine_and_does_not_stop_retention(string harm)
    {
        ArchiveStore sample = ArchiveStore.Create(ArchiveStore.Options with { ArchiveLog = false, LogRetainBytes = long.MaxValue });
        StoreImage image = StoreImage.Of(sample.Files);
        image.Flip(SegmentNames.Path(2), harm == "header" ? 50 : SegmentHeader.Bytes + 600);
        SimulatedFileSystem files = image.ToFiles();
        using (TestStore store = TestStore.Open(files, ArchiveStore.Options))
        {
            store.Store.TakeCheckpoint();
            store.Store.Close();
            Assert.Contains(SegmentNames.Path(2), store.Store.GetStatus().Degraded?.Message, StringComparison.Ordinal);
        }

        Assert.EndsWith(SegmentNames.File(2), Assert.Single(files.List("quarantine")).Name, StringComparison.Ordinal);
        Assert.DoesNotContain(ArchiveCatalog.List(files), name => name.Sequence == 2);
        Assert.Contains(ArchiveCatalog.List(files), name => name.Sequence == 1);
        Assert.Contains(ArchiveCatalog.List(files), name => name.Sequence == 3);
    }

    private static bool IsOfArchive(string path) => path.StartsWith("archive", StringComparison.Ordinal) || (path.StartsWith("staging/", StringComparison.Ordinal) && ArchiveName.TryParse(path["staging/".Length..], out _));
}
