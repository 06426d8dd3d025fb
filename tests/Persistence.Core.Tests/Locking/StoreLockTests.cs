using System.Diagnostics;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Locking;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Storage.Disk;
using Xunit;

namespace Persistence.Tests.Locking;

public sealed class StoreLockTests
{
    [Fact]
    public void A_second_writer_is_told_who_holds_the_store_and_a_reader_is_let_in()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files))
        {
            store.Set("a", "1");
            StoreLockedException locked = Assert.Throws<StoreLockedException>(() => TestStore.Open(files));
            Assert.Equal(StoreError.StoreLocked, locked.Error);
            Assert.Equal(42, locked.Owner!.ProcessId);
            Assert.Equal("test-host", locked.Owner.HostName);
            using TestStore reader = TestStore.OpenReadOnly(files);
            Assert.Equal("a=1;", reader.Dump());
        }

        Assert.Null(LockOwner.TryRead(files));
        TestStore.Open(files).Dispose();
    }

    [Fact]
    public void A_store_that_failed_to_open_is_not_left_locked()
    {
        SampleStore sample = SampleStore.Create();
        StoreImage whole = sample.Image.Copy();
        sample.Image.Flip(sample.NewestSegment, 44);
        SimulatedFileSystem files = sample.Image.ToFiles();
        Assert.ThrowsAny<StoreException>(() => TestStore.Open(files));
        using (Persistence.Storage.IFile file = files.Open(sample.NewestSegment, Persistence.Storage.FileIntent.ReadWrite))
            file.Write(whole[sample.NewestSegment], 0);
        using TestStore store = TestStore.Open(files);
        Assert.Equal(sample.State, store.Dump());
    }

    [Fact]
    public void A_faulted_store_gives_its_lock_back_when_it_is_closed()
    {
        bool fail = false;
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            fail && operation.Kind == StorageOperationKind.SyncData ? new InjectedFault(Persistence.Storage.StorageFault.Failed) : null);
        TestStore store = TestStore.Create(files);
        fail = true;
        Assert.ThrowsAny<StoreException>(() => store.Set("a", "1"));
        Assert.Throws<StoreLockedException>(() => TestStore.Open(disk));
        store.Dispose();
        TestStore.Open(disk).Dispose();
    }

    [Fact]
    public async Task Waiting_for_the_lock_takes_it_as_soon_as_the_holder_leaves()
    {
        SimulatedFileSystem files = new();
        TestStore holder = TestStore.Create(files);
        using ManualResetEventSlim tried = new();
        FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.TryLock)
                tried.Set();
            return null;
        });
        Task<TestStore> waiting = Task.Run(() => TestStore.Open(watched, TestStore.SmallOptions with { LockTimeoutMs = 60_000 }), TestContext.Current.CancellationToken);
        Assert.True(tried.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        holder.Dispose();
        using TestStore store = await waiting;
        store.Set("a", "1");
    }

    [Fact]
    public void An_owner_that_cannot_be_read_is_an_unknown_one()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        foreach (byte[] content in (byte[][])[[], [0xFF, 0xFE, 0], "pid=12\nstarted=yesterday\nlock=x\n"u8.ToArray(), new byte[10_000]])
        {
            using (Persistence.Storage.IFile owner = files.Open("OWNER", Persistence.Storage.FileIntent.ReadWrite))
            {
                owner.SetLength(0);
                owner.Write(content, 0);
            }

            Assert.Null(Assert.Throws<StoreLockedException>(() => TestStore.Open(files)).Owner);
        }
    }

    [Fact]
    public void A_store_opens_when_there_is_no_space_to_say_by_whom()
    {
        SimulatedFileSystem disk = new();
        TestStore.Create(disk).Dispose();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            operation.Path == "OWNER" && operation.Kind == StorageOperationKind.Write ? new InjectedFault(Persistence.Storage.StorageFault.DiskFull) : null);
        using TestStore store = TestStore.Open(files);
        store.Set("a", "1");
        Assert.Null(Assert.Throws<StoreLockedException>(() => TestStore.Open(disk)).Owner);
    }

    [Fact]
    public void Another_process_is_named_by_its_id_and_its_death_frees_the_store_at_once()
    {
        Command.Require("flock", "sh");
        using TestDirectory directory = new();
        CreateStore(directory.Path);
        const string script = "printf 'pid=%s\\nstarted=2026-01-02T03:04:05.0000000+00:00\\nboot=b\\nhost=elsewhere\\nlock=00000000-0000-4000-8000-000000000001\\n' $$ > \"$1\"; echo $$; read wait";
        using Process holder = Command.Start("flock", "--exclusive", "--no-fork", directory.Combine("LOCK"), "sh", "-c", script, "sh", directory.Combine("OWNER"));
        try
        {
            int pid = int.Parse(holder.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
            StoreLockedException locked = Assert.Throws<StoreLockedException>(() => OpenStore(directory.Path));
            Assert.Equal(pid, locked.Owner!.ProcessId);
            Assert.Equal(holder.Id, pid);
            holder.Kill();
            holder.WaitForExit();
            OpenStore(directory.Path);
        }
        finally
        {
            if (!holder.HasExited)
                holder.Kill();
        }
    }

    private static void CreateStore(string path)
    {
        StoreHost host = StoreHost.ForDirectory(path);
        using IDisposable files = (IDisposable)host.Files;
        PersistenceStore.Create(host, TestStore.SmallOptions);
    }

    private static void OpenStore(string path)
    {
        StoreHost host = StoreHost.ForDirectory(path);
        using IDisposable files = (IDisposable)host.Files;
        using PersistenceStore store = PersistenceStore.Open(host, TestStore.SmallOptions, [new KeyValueState()]);
        store.AppendRecord("opened", [0xC0]);
    }
}
