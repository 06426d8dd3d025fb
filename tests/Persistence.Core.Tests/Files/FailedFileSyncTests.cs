using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Files;

/// <summary>Syncs of content and of the files' directories that fail, and succeed when they are tried again, with nothing made durable.</summary>
public sealed class FailedFileSyncTests
{
    [Theory]
    [InlineData("files", 1)]
    [InlineData("files", 2)]
    [InlineData("files", 3)]
    [InlineData("files", 4)]
    [InlineData("backup", 1)]
    public void What_was_acknowledged_survives_a_power_cut_whichever_sync_of_a_directory_failed(string directory, int ordinal)
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk, TestStore.SmallOptions with { CheckpointsRetained = 1 });
        store.Change("1", ("a", "one"), ("b", "one"));
        disk.FailSync(new FailingSync(directory, FlushFailure.Forgotten) { Ordinal = ordinal });
        string expected = store.Dump();
        bool failed = false;
        foreach (string version in (string[])["2", "3", "4"])
        {
            try
            {
                store.Change(version, ("a", version), ("b", version == "3" ? null : version), ("c", version));
                expected = version == "3" ? "3: a=3 c=3" : $"{version}: a={version} b={version} c={version}";
            }
            catch (StoreException)
            {
                failed = true;
            }

            Assert.Equal(expected, store.Dump());
            store.Store.TakeCheckpoint();
            Assert.Equal(expected, Recover(disk.CrashImage(CrashImageKind.DropPending), "boot-2"));
        }

        Assert.True(failed || store.Store.GetStatus().Degraded is not null);
        // The next process, on the same machine, finds in the cache what is not on the disk; then the power goes.
        SimulatedFileSystem later = disk.CrashImage(CrashImageKind.KeepEverything);
        using FileStore next = FileStore.Open(later);
        Assert.Null(next.Store.GetStatus().Degraded);
        next.Store.TakeCheckpoint();
        Assert.Equal(expected, Recover(later.CrashImage(CrashImageKind.DropPending), "boot-2"));
    }

    [Fact]
    public void A_deletion_that_was_made_though_it_failed_is_made_durable()
    {
        SimulatedFileSystem disk = new();
        bool fails = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Delete && operation.Path == "files/a" ? new InjectedFault(StorageFault.Failed) { IsAfterTheFact = true } : null);
        using FileStore store = FileStore.Create(files);
        store.Change("1", ("a", "one"));
        fails = true;
        store.Change("2", ("a", null));
        Assert.NotNull(store.Store.GetStatus().Degraded);
        store.Change("3", ("b", "two"));
        Assert.Null(store.Store.GetStatus().Degraded);
        Assert.Equal(["b"], FileStore.NamesIn(disk.CrashImage(CrashImageKind.DropPending), "files"));
    }

    [Fact]
    public void What_was_staged_before_a_sync_failed_is_not_committed_after_it()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        using Transaction open = store.Store.BeginTransaction();
        store.Do(open, "b", "two");
        // The first is that of the staged name, the second that of the file's.
        disk.FailSync(new FailingSync("files", FlushFailure.Forgotten) { Ordinal = 2 });
        store.Change("1", ("a", "one"));
        Assert.NotNull(store.Store.GetStatus().Degraded);
        Assert.Equal(StoreError.StorageFailed, Assert.ThrowsAny<StoreException>(() => open.Commit()).Error);
        Assert.Equal(TransactionStatus.RolledBack, open.Status);
        store.Change("2", ("b", "TWO"));
        Assert.Equal("2: a=one b=TWO", Recover(disk.CrashImage(CrashImageKind.DropPending), "boot-2"));
    }

    [Fact]
    public void Directories_whose_names_cannot_be_made_durable_keep_the_store_from_being_opened()
    {
        SimulatedFileSystem disk = new();
        FileStore.Create(disk).Dispose();
        disk.FailSync(new FailingSync("", FlushFailure.Forgotten));
        Assert.Equal(StoreError.StorageFailed, Assert.ThrowsAny<StoreException>(() => FileStore.Open(disk)).Error);
        using FileStore next = FileStore.Open(disk);
        next.Change("1", ("a", "one"));
        Assert.Equal("1: a=one", next.Dump());
    }

    [Theory]
    [InlineData("files", false)]
    [InlineData("backup", false)]
    [InlineData("files", true)]
    public void A_deletion_the_cache_shows_and_the_disk_may_not_have_is_made_again(string failing, bool isLogGone)
    {
        SimulatedFileSystem disk = new();
        using (FileStore store = FileStore.Create(disk, SampleStore.DropLog with { CheckpointsRetained = 1 }))
        {
            store.Change("1", ("a", "one"));
            disk.FailSync(new FailingSync(failing, FlushFailure.Forgotten));
            store.Change("2", ("a", null));
            Assert.NotNull(store.Store.GetStatus().Degraded);
            for (int round = 0; isLogGone && round < 3; round++)
            {
                store.Store.RotateLog();
                store.Change("3");
                store.Store.TakeCheckpoint();
            }
        }

        using FileStore next = FileStore.Open(disk);
        Assert.Null(next.Store.GetStatus().Degraded);
        SimulatedFileSystem cut = disk.CrashImage(CrashImageKind.DropPending);
        Assert.Empty(FileStore.NamesIn(cut, "files"));
        Assert.Single(FileStore.NamesIn(cut, "backup"));
    }

    [Fact]
    public void A_cache_that_shows_what_is_not_on_the_disk_is_not_believed_by_the_next_process()
    {
        SimulatedFileSystem disk = new();
        using (FileStore store = FileStore.Create(disk))
        {
            store.Change("1", ("a", "one"));
            // The first is that of the staged name, the second that of the file's.
            disk.FailSync(new FailingSync("files", FlushFailure.Forgotten) { Ordinal = 2 });
            store.Change("2", ("a", "two"));
            Assert.NotNull(store.Store.GetStatus().Degraded);
        }

        // The same disk, the same cache: the name looks as it should, and a sync of the directory succeeds.
        using FileStore next = FileStore.Open(disk);
        Assert.Equal("2: a=two", next.Dump());
        next.Store.TakeCheckpoint();
        next.Store.Close();
        Assert.Equal("2: a=two", Recover(disk.CrashImage(CrashImageKind.DropPending), "boot-2"));
    }

    [Fact]
    public void Content_that_could_not_be_synced_rolls_the_transaction_back_and_is_not_synced_again()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        store.Change("1", ("a", "one"));
        disk.FailSync(new FailingSync("files/", FlushFailure.Forgotten));
        using Transaction transaction = store.Store.BeginTransaction();
        store.Do(transaction, "a", "two");
        Assert.Equal(StoreError.StorageFailed, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal(TransactionStatus.RolledBack, transaction.Status);
        Assert.Equal("1: a=one", store.Dump());
        store.Change("2", ("a", "again"));
        Assert.Equal("2: a=again", Recover(disk.CrashImage(CrashImageKind.DropPending), "boot-2"));
    }

    [Fact]
    public void A_sync_that_failed_before_it_began_does_not_concern_a_transaction_that_deletes_first()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        store.Change("1", ("a", "one"));
        disk.FailSync(new FailingSync("files", FlushFailure.Forgotten));
        Assert.ThrowsAny<StoreException>(() => store.Change("2", ("a", "two")));
        store.Change("3", ("a", null), ("b", "three"));
        using (Transaction transaction = store.Store.BeginTransaction())
        {
            store.Do(transaction, "b", null);
            using (Transaction inner = transaction.Begin())
                store.Do(inner, "none", "rolled back");
            store.Do(transaction, "c", "four");
            transaction.Commit();
        }

        Assert.Equal("3: c=four", Recover(disk.CrashImage(CrashImageKind.DropPending), "boot-2"));
    }

    [Fact]
    public void Why_it_was_rolled_back_is_said_even_when_that_cannot_be_noted()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk, TestStore.SmallOptions with { AuditTransactions = true });
        store.Change("1", ("a", "one"));
        using Transaction transaction = store.Store.BeginTransaction();
        store.Do(transaction, "a", "two");
        disk.FailSync(new FailingSync("files/", FlushFailure.Forgotten));
        disk.FailSync(new FailingSync("wal/", FlushFailure.Forgotten));
        Assert.Equal(StoreError.StorageFailed, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.NotNull(store.Store.GetStatus().Fault);
    }

    [Fact]
    public async Task What_is_being_committed_keeps_its_content_whatever_becomes_of_the_transaction()
    {
        using OperationBlocker disk = new();
        FileStore store = disk.Own(FileStore.Create(disk.Files));
        Transaction transaction = store.Store.BeginTransaction();
        store.Do(transaction, "a", "one");
        OperationStop sync = disk.StopNext(static operation => operation.Kind == StorageOperationKind.SyncData);
        ValueTask<CommitResult> commit = transaction.CommitAsync();
        sync.WaitUntilReached();
        transaction.Dispose();
        sync.Release();
        await commit;
        Assert.Equal("-: a=one", store.Dump());
    }

    private static string Recover(SimulatedFileSystem disk, string bootId)
    {
        using FileStore store = FileStore.Open(disk, bootId: bootId);
        return store.Dump();
    }
}
