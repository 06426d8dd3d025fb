using System.Text;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Disk;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Files;

public sealed class FileStateTests
{
    [Fact]
    public void Files_are_written_replaced_and_deleted_with_the_transaction()
    {
        SimulatedFileSystem disk = new();
        using (FileStore store = FileStore.Create(disk))
        {
            store.Change("1", ("a.txt", "one"), ("b.txt", ""));
            store.Change("2", ("a.txt", "two"), ("c.txt", new string('c', 200_000)));
            store.Change("3", ("b.txt", null), ("none.txt", null));
            Assert.Equal($"3: a.txt=two c.txt={new string('c', 200_000)}", store.Dump());
            Assert.Equal(["a.txt", "c.txt"], FileStore.NamesIn(disk, "files"));
            Assert.Equal(3, store.Files.Find("a.txt")!.Length);
            Assert.Null(store.Files.Find("b.txt"));
            // What was replaced and what was deleted, by the LSN of the change.
            Assert.Equal(2, FileStore.NamesIn(disk, "backup").Length);
            Assert.EndsWith("-a.txt", FileStore.NamesIn(disk, "backup")[0], StringComparison.Ordinal);
        }

        using FileStore again = FileStore.Open(disk);
        Assert.StartsWith("3: a.txt=two c.txt=ccc", again.Dump(), StringComparison.Ordinal);
        using FileStore reader = FileStore.OpenReadOnly(disk);
        Assert.Equal(again.Dump(), reader.Dump());
    }

    [Fact]
    public void A_transaction_of_another_store_is_refused()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem());
        using FileStore other = FileStore.Create(new SimulatedFileSystem());
        store.Change("1", ("a.txt", "one"));
        using Transaction transaction = other.Store.BeginTransaction();
        using Snapshot snapshot = other.Store.OpenSnapshot();
        Assert.Throws<ArgumentException>(() => store.Files.In(transaction));
        Assert.Throws<ArgumentException>(() => store.KeyValue.In(transaction));
        Assert.Throws<ArgumentException>(() => store.KeyValue.At(snapshot));
        Assert.Throws<InvalidOperationException>(() => new KeyValueState().In(transaction));
        Assert.Equal(0, transaction.ChangeCount);
    }

    [Fact]
    public void The_log_tells_what_was_written_and_deleted()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem());
        store.Change("1", ("a.txt", "one"));
        store.Change("2", ("a.txt", "other"), ("b.txt", ""));
        store.Change("3", ("a.txt", null));
        IEnumerable<FileChange> changes = store.Store.ReadLog().Where(entry => FileChange.Is(entry.Type))
            .Select(entry => FileChange.Read(entry.Type, entry.Version, entry.Payload.Span));
        Assert.Equal(
            [new FileChange("a.txt", false, 3, false), new FileChange("a.txt", false, 5, true), new FileChange("b.txt", false, 0, false), new FileChange("a.txt", true, 0, true)],
            changes);
    }

    [Fact]
    public void A_rolled_back_one_leaves_no_file_and_no_staged_content()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        store.Change("1", ("a", "one"));
        using (Transaction transaction = store.Store.BeginTransaction())
        {
            FileTransaction files = store.Files.In(transaction);
            files.Write("a", "two"u8);
            files.Write("b", new MemoryStream([1, 2, 3]));
            using (Transaction inner = transaction.Begin())
            {
                store.Files.In(inner).Delete("a");
                store.Files.In(inner).Write("c", "x"u8);
                Assert.Null(store.Files.In(inner).Read("a"));
                inner.Rollback();
            }

            Assert.Equal("two"u8.ToArray(), files.Read("a"));
            Assert.Equal([1, 2, 3], files.Read("b"));
            Assert.Null(files.Read("c"));
            Assert.Equal("one", store.Read("a"));
        }

        Assert.Equal(["a"], FileStore.NamesIn(disk, "files"));
        Assert.Equal("1: a=one", store.Dump());
    }

    [Fact]
    public void A_stream_that_fails_leaves_nothing()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        using Transaction transaction = store.Store.BeginTransaction();
        Assert.Throws<IOException>(() => store.Files.In(transaction).Write("a", new FailingStream()));
        transaction.Commit();
        Assert.Empty(FileStore.NamesIn(disk, "files"));
    }

    [Fact]
    public void A_file_that_was_read_must_not_have_been_changed_by_others()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem());
        store.Change("1", ("a", "one"));
        using Transaction transaction = store.Store.BeginTransaction();
        FileTransaction files = store.Files.In(transaction);
        Assert.Equal("one"u8.ToArray(), files.Read("a"));
        files.Write("b", "from one"u8);
        store.Change("2", ("a", "two"));
        // Its older content is not kept for the snapshot.
        Assert.Throws<TransactionConflictException>(() => files.Read("a"));
        Assert.Throws<TransactionConflictException>(() => transaction.Commit());
        Assert.Equal("2: a=two", store.Dump());
        Assert.Equal(["a"], FileStore.NamesIn(store.Disk, "files"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("/etc/passwd")]
    [InlineData("C:a")]
    [InlineData("~a")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a.")]
    [InlineData("a\nb")]
    [InlineData("a*")]
    [InlineData("a\0")]
    [InlineData("NUL")]
    [InlineData("con.txt")]
    [InlineData("Com1 .log")]
    [InlineData("LPT³")]
    public void A_name_that_leads_elsewhere_or_that_some_system_refuses_is_refused(string name)
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem());
        using Transaction transaction = store.Store.BeginTransaction();
        FileTransaction files = store.Files.In(transaction);
        foreach (Action use in (Action[])[() => files.Write(name, "x"u8), () => files.Write(name, Stream.Null), () => files.Delete(name), () => files.Read(name), () => store.Files.Find(name), () => store.Files.Read(name)])
            Assert.ThrowsAny<ArgumentException>(use);
        Assert.Equal(0, transaction.ChangeCount);
        Assert.ThrowsAny<ArgumentException>(() => files.Write(new string('n', 201), "x"u8));
        files.Write(new string('n', 200), "x"u8);
        files.Write("console", "x"u8);
        transaction.Commit();
    }

    [Fact]
    public void Content_that_is_not_what_was_written_is_reported()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        store.Change("1", ("a", "one"), ("b", "two"));
        using (IFile file = disk.Open("files/a", FileIntent.ReadWrite))
            file.Write("O"u8, 0);
        disk.Delete("files/b");
        Assert.Equal(StoreError.ChecksumMismatch, Assert.Throws<StoreException>(() => store.Read("a")).Error);
        Assert.Equal(StoreError.ChecksumMismatch, Assert.Throws<StoreException>(() => store.Read("b")).Error);
        Assert.Equal([false, false, true], from name in (string[])["a", "b", "none"] select store.Files.Verify(name, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 << 10)]
    [InlineData((128 << 10) + 1)]
    public void Content_of_any_length_is_verified_and_read(int length)
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        string content = new([.. Enumerable.Range(0, length).Select(i => (char)('a' + (i % 23)))]);
        store.Change("1", ("a", content));
        Assert.True(store.Files.Verify("a", TestContext.Current.CancellationToken));
        Assert.Equal(content, store.Read("a"));
        if (length == 0)
            return;
        using (IFile file = disk.Open("files/a", FileIntent.ReadWrite))
            file.Write("?"u8, length - 1);
        Assert.False(store.Files.Verify("a", TestContext.Current.CancellationToken));
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => store.Files.Verify("a", cancelled.Token));
    }

    [Fact]
    public void A_reader_has_the_files_of_the_moment_it_opened_the_store_whatever_a_writer_does_to_them_since()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        store.Change("1", ("a", "one"), ("b", "two"), ("c", "three"));
        using FileStore reader = FileStore.OpenReadOnly(disk);
        store.Change("2", ("a", "ONE"), ("b", null));
        store.Change("3", ("a", "Uno"), ("b", "DOS"), ("d", "new"));
        Assert.Equal("1: a=one b=two c=three", reader.Dump());
        Assert.True(reader.Files.Verify("a", TestContext.Current.CancellationToken));
        using FileStore later = FileStore.OpenReadOnly(disk);
        Assert.Equal("3: a=Uno b=DOS c=three d=new", later.Dump());
    }

    [Fact]
    public void The_content_of_an_abandoned_commit_is_kept_in_quarantine()
    {
        SimulatedFileSystem disk = new();
        bool fails = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("files/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.AccessDenied) : null);
        LogEntry lost;
        using (FileStore store = FileStore.Create(files))
        {
            store.Change("1", ("a", "one"));
            fails = true;
            store.Change("2", ("b", "two"));
            store.Change("3");
            lost = store.Store.ReadLog().Last(entry => FileChange.Is(entry.Type));
        }

        string staged = FileStore.NamesIn(disk, "files").Single(name => name.StartsWith('~'));
        using (IFile segment = disk.Open("wal/0000000001.wal", FileIntent.ReadWrite))
            segment.Write("?"u8, lost.Lsn.Value + 40);
        Assert.Equal(StoreError.RecoveryRequired, Assert.ThrowsAny<StoreException>(() => FileStore.Open(disk)).Error);
        Assert.Contains(staged, FileStore.NamesIn(disk, "files"));
        using FileStore recovered = FileStore.Open(disk, mode: RecoveryMode.TolerateTail);
        Assert.Equal("1: a=one", recovered.Dump());
        Assert.Equal(["a"], FileStore.NamesIn(disk, "files"));
        Assert.Contains(FileStore.NamesIn(disk, "quarantine"), name => name.EndsWith(staged, StringComparison.Ordinal));
    }

    [Fact]
    public void The_content_of_an_abandoned_commit_is_kept_wherever_recovery_is_killed()
    {
        SimulatedFileSystem disk = new();
        bool fails = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("files/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.AccessDenied) : null);
        LogEntry lost;
        using (FileStore store = FileStore.Create(files))
        {
            fails = true;
            store.Change("2", ("b", "two"));
            lost = store.Store.ReadLog().Last(entry => FileChange.Is(entry.Type));
        }

        string staged = FileStore.NamesIn(disk, "files").Single();
        using (IFile segment = disk.Open("wal/0000000001.wal", FileIntent.ReadWrite))
        {
            segment.Write("?"u8, lost.Lsn.Value + 40);
            segment.Sync();
        }

        List<SimulatedFileSystem> cuts = [];
        FaultInjectingFileSystem recorded = new(disk, (in StorageOperation operation) =>
        {
            if (CrashPoint.Changes(operation.Kind))
                cuts.Add(disk.CrashImage(CrashImageKind.DropPending));
            return null;
        });
        FileStore.Open(recorded, mode: RecoveryMode.TolerateTail).Dispose();
        Assert.NotEmpty(cuts);
        foreach (SimulatedFileSystem cut in cuts)
        {
            // Where the damage is still to be seen strict recovery refuses and touches nothing.
            try
            {
                FileStore.Open(cut, bootId: "boot-2").Dispose();
            }
            catch (StoreException e) when (e.Error == StoreError.RecoveryRequired)
            {
            }

            string[] kept = [.. FileStore.NamesIn(cut, "files"), .. FileStore.NamesIn(cut, "quarantine")];
            Assert.Contains(kept, name => name.EndsWith(staged, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("TWO")]
    [InlineData(null)]
    public void What_an_abandoned_commit_replaced_outlives_the_log_of_it(string? replacement)
    {
        SimulatedFileSystem disk = new();
        LogEntry lost;
        using (FileStore store = FileStore.Create(disk))
        {
            store.Change("1", ("a", "one"), ("b", "two"));
            store.Change("2", ("b", replacement));
            lost = store.Store.ReadLog().Last(entry => FileChange.Is(entry.Type));
        }

        using (IFile segment = disk.Open("wal/0000000001.wal", FileIntent.ReadWrite))
            segment.Write("?"u8, lost.Lsn.Value + 30);
        using FileStore recovered = FileStore.Open(disk, SampleStore.DropLog with { CheckpointsRetained = 1 }, mode: RecoveryMode.TolerateTail);
        Assert.Equal("1: a=one b=two", recovered.Dump());
        DropLogOf(recovered, "3");
        Assert.Equal("3: a=one b=two", recovered.Dump());
        // Once there is a newer one it is kept as long as any.
        recovered.Change("4", ("b", "new"));
        DropLogOf(recovered, "5");
        Assert.Equal("5: a=one b=new", recovered.Dump());
        Assert.Empty(FileStore.NamesIn(disk, "backup"));
    }

    [Fact]
    public void What_retention_has_removed_under_a_reader_is_gone_and_not_damaged()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk, SampleStore.DropLog with { CheckpointsRetained = 1 });
        store.Change("1", ("a", "one"), ("b", "two"));
        using FileStore reader = FileStore.OpenReadOnly(disk);
        using (IFile file = disk.Open("files/b", FileIntent.ReadWrite))
            file.Write("?"u8, 0);
        Assert.Equal(StoreError.ChecksumMismatch, Assert.Throws<StoreException>(() => reader.Files.Read("b")).Error);
        Assert.False(reader.Files.Verify("b", TestContext.Current.CancellationToken));
        store.Change("2", ("a", "ONE"));
        store.Change("3", ("c", "three"));
        DropLogOf(store, "4");
        Assert.DoesNotContain(FileStore.NamesIn(disk, "backup"), name => name.EndsWith("-a", StringComparison.Ordinal));
        Assert.Equal(StoreError.LogTruncated, Assert.Throws<StoreException>(() => reader.Files.Read("a")).Error);
        Assert.True(reader.Files.Verify("a", TestContext.Current.CancellationToken));
        using FileStore later = FileStore.OpenReadOnly(disk);
        Assert.Equal("ONE", System.Text.Encoding.UTF8.GetString(later.Files.Read("a")!));
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.None)]
    public void What_cannot_be_carried_out_now_is_carried_out_later_and_read_meanwhile(DurabilityMode durability)
    {
        SimulatedFileSystem disk = new();
        bool fails = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("files/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.AccessDenied) : null);
        using (FileStore store = FileStore.Create(files, TestStore.SmallOptions with { Durability = durability }))
        {
            store.Change("1", ("a", "one"));
            fails = true;
            store.Change("2", ("a", "two"), ("b", "new"));
            Assert.NotNull(store.Store.GetStatus().Degraded);
            Assert.Equal("2: a=two b=new", store.Dump());
            store.Store.TakeCheckpoint();
            using FileStore killed = FileStore.Open(disk.CrashImage(CrashImageKind.DropPending));
            Assert.Equal("2: a=two b=new", killed.Dump());
            Assert.Equal(["a", "b"], FileStore.NamesIn(killed.Disk, "files"));
            fails = false;
            store.Change("3", ("c", "x"));
            Assert.Null(store.Store.GetStatus().Degraded);
            Assert.Equal(["a", "b", "c"], FileStore.NamesIn(disk, "files"));
        }
    }

    [Fact]
    public void Leftovers_that_cannot_be_found_are_left_for_the_next_opening_and_nothing_else_comes_of_it()
    {
        SimulatedFileSystem disk = new();
        using (FileStore store = FileStore.Create(disk))
        {
            store.Change("1", ("a", "one"));
            store.Do(store.Store.BeginTransaction(), "b", "never committed");
        }

        bool fails = true;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation is { Kind: StorageOperationKind.List, Path: "files" } ? new InjectedFault(StorageFault.TooManyOpenFiles) : null);
        using (FileStore store = FileStore.Open(files))
        {
            fails = false;
            store.Change("2");
            Assert.Null(store.Store.GetStatus().Degraded);
            Assert.Equal(2, FileStore.NamesIn(disk, "files").Length);
        }

        using FileStore next = FileStore.Open(disk);
        Assert.Equal(["a"], FileStore.NamesIn(disk, "files"));
    }

    [Theory]
    [InlineData(StorageOperationKind.Write)]
    [InlineData(StorageOperationKind.Rename)]
    public void A_copy_that_is_not_put_in_its_place_takes_no_space(StorageOperationKind failing)
    {
        SimulatedFileSystem disk = new();
        bool isRenamed = false;
        bool isKilled = false;
        FaultInjectingFileSystem killed = new(disk, (in StorageOperation operation) =>
        {
            isKilled |= isRenamed && operation.Kind == StorageOperationKind.SyncDirectory;
            isRenamed |= operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("files/~", StringComparison.Ordinal);
            return isKilled ? new InjectedFault(StorageFault.Failed) : null;
        });
        // Whether the new name is on the disk nobody knows: the next process makes a copy.
        using (FileStore store = FileStore.Create(killed))
            store.Change("1", ("a", "one"));
        bool fails = true;
        FaultInjectingFileSystem full = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == failing && operation.Path.StartsWith("files/~", StringComparison.Ordinal) ? new InjectedFault(StorageFault.DiskFull) : null);
        using FileStore next = FileStore.Open(full);
        Assert.Equal(StoreError.DiskFull, Assert.IsType<StorageException>(next.Store.GetStatus().Degraded).Error);
        Assert.Equal("1: a=one", next.Dump());
        Assert.Equal(["a"], FileStore.NamesIn(disk, "files"));
        fails = false;
        Assert.Equal("1: a=one", next.Dump());
        Assert.Null(next.Store.GetStatus().Degraded);
        Assert.Equal(["a"], FileStore.NamesIn(disk, "files"));
    }

    [Theory]
    [InlineData(DurabilityMode.None)]
    [InlineData(DurabilityMode.Batch)]
    public void Nothing_is_carried_out_before_its_commit_is_durable(DurabilityMode durability)
    {
        SimulatedFileSystem disk = new();
        FileStore? store = null;
        Transaction? next = null;
        bool flushes = false;
        List<(StorageOperation Before, SimulatedFileSystem Disk)> cuts = [];
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (next is not null && !flushes && CrashPoint.Changes(operation.Kind))
                cuts.Add((operation, disk.CrashImage(CrashImageKind.DropPending)));
            if (flushes && operation.Kind == StorageOperationKind.SyncData)
            {
                // In the middle of the flush that the first one's changes wait for.
                flushes = false;
                next = store!.Store.BeginTransaction();
                store.KeyValue.In(next).Set("version", TestStore.Encode("3"));
                store.Do(next, "b", "three");
                ((ICommandSink)store.Store).Commit(((ITransaction)next).Commands);
            }

            return null;
        });
        store = FileStore.Create(files, TestStore.SmallOptions with { Durability = durability, FlushIntervalMs = 60_000 });
        using FileStore owner = store;
        store.Change("1", ("a", "one"), ("b", "one"));
        flushes = true;
        store.Change("2", ("a", "two"));
        Assert.NotEmpty(cuts);
        foreach ((StorageOperation before, SimulatedFileSystem cut) in cuts)
        {
            using FileStore again = FileStore.Open(cut, bootId: "boot-2");
            string found = again.Dump();
            Assert.True(found is "1: a=one b=one" or "2: a=two b=one" or "3: a=two b=three", $"{before.Kind} {before.Path}: {found}");
        }
    }

    [Fact]
    public void Nobody_sees_the_files_of_a_commit_before_all_of_it()
    {
        FileState files = new();
        BreakableState last = new();
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        PersistenceStore.Create(host, TestStore.SmallOptions);
        using PersistenceStore store = PersistenceStore.Open(host, TestStore.SmallOptions, [files, last]);
        int[] seen = [];
        last.BeforeApply = () => seen = [files.List().Count, files.Find("a") is null ? 0 : 1];
        using Transaction transaction = store.BeginTransaction();
        files.In(transaction).Write("a", "one"u8);
        CommandBatch commands = ((ITransaction)transaction).Commands;
        new MessagePackWriter(commands.Begin()).WriteNil();
        commands.End(new RecordType(last.Id, 1), version: 1);
        transaction.Commit();
        Assert.Equal([0, 0], seen);
        Assert.Equal("one"u8.ToArray(), files.Read("a"));
    }

    [Fact]
    public void What_others_put_in_the_place_of_a_file_is_kept_too()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        store.Change("1", ("a", "one"));
        using (IFile file = disk.Open("files/b", FileIntent.CreateNew))
            file.Write("by hand"u8, 0);
        store.Change("2", ("b", "two"));
        Assert.Equal("2: a=one b=two", store.Dump());
        using IFile kept = disk.Open($"backup/{Assert.Single(FileStore.NamesIn(disk, "backup"))}", FileIntent.Read);
        Assert.Equal(7, kept.GetLength());
    }

    [Fact]
    public void A_link_in_the_place_of_a_file_is_replaced_and_not_followed()
    {
        using TestDirectory directory = new();
        File.WriteAllText(directory.Combine("outside"), "mine");
        using DiskFileSystem disk = DiskFileSystem.Create(directory.Combine("store"));
        using FileStore store = FileStore.Create(disk);
        store.Change("1", ("a", "one"));
        File.CreateSymbolicLink(directory.Combine("store", "files", "b"), directory.Combine("outside"));
        store.Change("2", ("b", "two"));
        Assert.Equal("2: a=one b=two", store.Dump());
        Assert.Null(store.Store.GetStatus().Degraded);
        Assert.Null(new FileInfo(directory.Combine("store", "files", "b")).LinkTarget);
        Assert.Equal("mine", File.ReadAllText(directory.Combine("outside")));
    }

    [Fact]
    public void A_link_in_the_place_of_the_directory_is_refused()
    {
        using TestDirectory directory = new();
        Directory.CreateDirectory(directory.Combine("outside"));
        using DiskFileSystem disk = DiskFileSystem.Create(directory.Combine("store"));
        using FileStore store = FileStore.Create(disk);
        Directory.Delete(directory.Combine("store", "files"));
        Directory.CreateSymbolicLink(directory.Combine("store", "files"), directory.Combine("outside"));
        Assert.ThrowsAny<StorageException>(() => store.Change("1", ("a", "one")));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Combine("outside")));
        Assert.Equal("-: ", store.Dump());
        store.Dispose();
        Assert.ThrowsAny<StorageException>(() => FileStore.Open(disk));
    }

    [Fact]
    public void Closing_waits_for_what_is_being_carried_out()
    {
        using OperationBlocker disk = new();
        WatchedScheduler scheduler = new();
        StoreHost host = TestStore.HostFor(disk.Files) with { Scheduler = scheduler };
        FileState files = new();
        PersistenceStore.Create(host, TestStore.SmallOptions);
        PersistenceStore store = disk.Own(PersistenceStore.Open(host, TestStore.SmallOptions with { CheckpointCloseBytes = 0 }, [files]));
        OperationStop logged = disk.StopNext(static operation => operation.Kind == StorageOperationKind.SyncData);
        BackgroundCall committing = new("committing", () =>
        {
            using Transaction transaction = store.BeginTransaction();
            files.In(transaction).Write("a", "one"u8);
            transaction.Commit();
        });
        logged.WaitUntilReached();
        BackgroundCall closing = new("closing", store.Close);
        closing.WaitUntilBlockedOrEnded(scheduler);
        OperationStop checkpoint = disk.StopNext(static operation => operation.Path.StartsWith("staging/", StringComparison.Ordinal));
        OperationStop renaming = disk.StopNext(static operation => operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("files/", StringComparison.Ordinal));
        logged.Release();
        checkpoint.WaitUntilReached();
        renaming.WaitUntilReached();
        checkpoint.Release();
        closing.WaitUntilBlockedOrEnded(scheduler);
        Assert.False(closing.HasEnded, "The store was closed while a file was being put into its place.");
        Assert.Throws<Persistence.Locking.StoreLockedException>(() => FileStore.Open(disk.Disk));
        renaming.Release();
        closing.Succeeded();
        committing.Succeeded();
        using FileStore again = FileStore.Open(disk.Disk);
        Assert.Equal("-: a=one", again.Dump());
    }

    [Fact]
    public void What_is_carried_out_when_the_store_is_closed_is_not_done_again()
    {
        SimulatedFileSystem disk = new();
        bool fails = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("files/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.AccessDenied) : null);
        using (FileStore store = FileStore.Create(files))
        {
            fails = true;
            store.Change("1", ("a", "one"));
            Assert.NotNull(store.Store.GetStatus().Degraded);
            fails = false;
            store.Store.Close();
            Assert.Null(store.Store.GetStatus().Degraded);
        }

        Assert.Equal(["a"], FileStore.NamesIn(disk, "files"));
        List<StorageOperation> changes = [];
        FaultInjectingFileSystem watched = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind != StorageOperationKind.Open && CrashPoint.Changes(operation.Kind) && operation.Path.StartsWith("files", StringComparison.Ordinal))
                changes.Add(operation);
            return null;
        });
        using FileStore again = FileStore.Open(watched);
        Assert.Equal("1: a=one", again.Dump());
        Assert.Empty(changes);
    }

    [Fact]
    public void Backups_go_with_the_log_of_their_changes()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk, TestStore.SmallOptions with { SegmentBytes = 32 << 10, CheckpointsRetained = 1 });
        for (int i = 0; i < 20; i++)
        {
            store.Change($"{i}", ("a", $"{i}"));
            store.KeyValue.Set("fill", TestStore.Encode(new string('x', 5000)));
        }

        Assert.Equal(19, FileStore.NamesIn(disk, "backup").Length);
        store.Store.TakeCheckpoint();
        Lsn oldest = store.Store.ReadLog().First().Lsn;
        Assert.InRange(FileStore.NamesIn(disk, "backup").Length, 0, 10);
        Assert.All(FileStore.NamesIn(disk, "backup"), name => Assert.True(long.Parse(name.AsSpan(0, 19), System.Globalization.CultureInfo.InvariantCulture) >= oldest.Value - (4 << 10)));
        Assert.Equal("19", store.Read("a"));
    }

    /// <summary>Until nothing is kept of the log that there is now.</summary>
    private static void DropLogOf(FileStore store, string version)
    {
        for (int round = 0; round < 3; round++)
        {
            store.Store.RotateLog();
            store.Change(version);
            store.Store.TakeCheckpoint();
        }
    }

    [Fact]
    public void A_file_that_is_complete_when_its_transaction_has_ended_is_refused_and_leaves_nothing()
    {
        SimulatedFileSystem disk = new();
        using FileStore store = FileStore.Create(disk);
        using Transaction transaction = store.Store.BeginTransaction();
        store.Do(transaction, "a.txt", "one");
        using CallingStream content = new(() => transaction.Commit());
        StoreException refused = Assert.Throws<StoreException>(() => store.Files.In(transaction).Write("b.txt", content));
        Assert.Equal(StoreError.TransactionAborted, refused.Error);
        Assert.Equal("-: a.txt=one", store.Dump());
        Assert.Equal(["a.txt"], FileStore.NamesIn(disk, "files"));
    }

    /// <summary>Empty, and does something when it is read.</summary>
    private sealed class CallingStream(Action call) : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            call();
            return 0;
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        private bool _given;

        public override int Read(Span<byte> buffer)
        {
            if (_given)
                throw new IOException("torn off");
            _given = true;
            return Encoding.UTF8.GetBytes("half", buffer);
        }
    }
}
