using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Disk;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Output that is in checkpoint files and not in memory: whatever becomes of the files, it is read, or there is an error that says why not.</summary>
public sealed class StoredOutputTests
{
    private const int Chunks = 5;

    private static readonly StoreOptions One = TerminalStore.Increments with { CheckpointsRetained = 1, CheckpointIncrementsMax = 0, Compress = false };
    private static readonly byte[] Noise = MakeNoise();

    [Fact]
    public void What_was_found_before_is_read_from_the_checkpoint_that_has_taken_the_place_of_the_first()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = CreateStored(files, out PaneId pane);
        PaneOutput output = store.Terminals.FindOutput(pane)!;
        for (int i = 0; i < 3; i++)
        {
            store.Store.TakeCheckpoint();
            Assert.Equal([store.Store.GetStatus().LastCheckpointId!.Value], store.Store.GetCheckpoints().Select(static checkpoint => checkpoint.Id));
            Assert.Equal(CheckpointsOf(files).Order(), OpenCheckpoints(files));
            Assert.True(output.ReadAll().AsSpan().SequenceEqual(Noise));
        }
    }

    [Fact]
    public void An_increment_of_a_store_without_terminals_says_nothing_of_them()
    {
        using TerminalStore store = TerminalStore.Create(options: TerminalStore.Increments);
        store.Store.TakeCheckpoint();
        Assert.Equal(0, store.Store.TakeCheckpoint().ItemCount);
    }

    [Fact]
    public void Limits_that_were_changed_and_changed_back_are_so_after_increments()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, TerminalStore.Increments);
        ScrollbackLimits first = store.Terminals.Tree.Scrollback;
        foreach (ScrollbackLimits limits in (ScrollbackLimits[])[new(7, 7), first])
        {
            store.Change(batch => batch.SetScrollbackLimits(limits));
            store.Store.TakeCheckpoint();
            using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending));
            Assert.Equal(limits, again.Terminals.Tree.Scrollback);
        }
    }

    [Fact]
    public void A_read_that_is_under_way_when_its_file_is_let_go_of_gets_the_same_bytes()
    {
        using OperationBlocker disk = new();
        using TerminalStore store = disk.Own(CreateStored(disk.Files, out PaneId pane));
        string path = $"checkpoints/{disk.Disk.List("checkpoints").Single().Name}";
        PaneOutput output = store.Terminals.FindOutput(pane)!;
        foreach (int read in (int[])[1, 2, 3])
        {
            int seen = 0;
            path = $"checkpoints/{disk.Disk.List("checkpoints").Single().Name}";
            byte[] found = [];
            // Only the reader's: the checkpoint copies its items from there too.
            OperationStop stop = disk.StopNext(operation => operation.Kind == StorageOperationKind.Read && operation.Path == path && Thread.CurrentThread.Name == "reader" && ++seen == read);
            BackgroundCall reader = new("reader", () => found = output.ReadAll());
            stop.WaitUntilReached();
            store.Store.TakeCheckpoint();
            Assert.DoesNotContain(path, CheckpointsOf(disk.Disk));
            stop.Release();
            reader.Succeeded();
            Assert.True(found.AsSpan().SequenceEqual(Noise));
        }
    }

    [Fact]
    public async Task Readers_beside_checkpoints_and_output_read_what_was_written()
    {
        using TerminalStore store = CreateStored(new SimulatedFileSystem(), out PaneId pane, TerminalStore.Increments with { CheckpointsRetained = 1, CheckpointIncrementsMax = 2 });
        using CancellationTokenSource stop = new();
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                int rounds = 0;
                for (; !stop.IsCancellationRequested || rounds < 3; rounds++)
                {
                    byte[] found = store.Read(pane);
                    Assert.True(found.AsSpan(0, Noise.Length).SequenceEqual(Noise));
                    Assert.True(found.AsSpan(Noise.Length).IndexOfAnyExcept((byte)'x') < 0);
                }
            },
            TestContext.Current.CancellationToken))];
        for (int i = 0; i < 30; i++)
        {
            store.Write(pane, new string('x', 20_000));
            store.Store.TakeCheckpoint();
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public void Without_the_newest_checkpoint_it_is_read_on_and_the_next_one_has_it()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TerminalStore.Increments with { CheckpointsRetained = 2, Compress = false };
        PaneId pane;
        using (TerminalStore store = CreateStored(files, out pane, options))
        {
            store.Write(pane, Noise);
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
            CheckpointInfo newest = store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
            Assert.Equal([newest.Id], store.Store.RemoveCheckpoints(newest.Id));
            Assert.Equal(2 * Noise.Length, store.Read(pane).Length);
            using (TerminalStore killed = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending), options))
                Assert.Equal(store.Dump(), killed.Dump());
            // It cannot build on the one that is gone.
            Assert.True(store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental }).IsFull);
            Assert.Equal(2 * Noise.Length, store.Read(pane).Length);
        }

        Assert.Empty(files.OpenFiles);
        using TerminalStore again = TerminalStore.Open(files, options);
        Assert.Equal((byte[])[.. Noise, .. Noise], again.Read(pane));
    }

    [Fact]
    public void A_reader_reads_on_when_the_writer_has_removed_its_checkpoint()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = CreateStored(files, out PaneId pane);
        using TerminalStore reader = TerminalStore.OpenReadOnly(files);
        string[] before = CheckpointsOf(files);
        for (int i = 0; i < 3; i++)
        {
            store.Write(pane, Noise);
            store.Store.TakeCheckpoint();
        }

        Assert.Empty(before.Intersect(CheckpointsOf(files)));
        Assert.Equal(Noise, reader.Read(pane));
    }

    [Fact]
    public void After_the_store_is_closed_it_says_so_and_what_is_in_memory_is_still_there()
    {
        SimulatedFileSystem files = new();
        TerminalStore store = CreateStored(files, out PaneId pane);
        PaneOutput output = store.Terminals.FindOutput(pane)!;
        store.Store.Close();
        Assert.Empty(files.OpenFiles);
        foreach (PaneOutput found in (PaneOutput[])[output, store.Terminals.FindOutput(pane)!])
        {
            Assert.Equal(StoreError.StoreClosed, Assert.ThrowsAny<StoreException>(() => found.ReadAll()).Error);
            Assert.Equal(Noise[(Chunks * ScrollbackChunk.BytesMax)..], found.ReadAll(Chunks * ScrollbackChunk.BytesMax));
        }
    }

    /// <summary>The same object, opened again: what was found before belongs to the store that is closed.</summary>
    [Fact]
    public void What_was_found_in_a_store_that_is_closed_stays_so_when_the_state_is_used_again()
    {
        SimulatedFileSystem files = new();
        TerminalStore store = CreateStored(files, out PaneId pane);
        PaneOutput output = store.Terminals.FindOutput(pane)!;
        store.Store.Close();
        using Persistence.Engine.PersistenceStore again = Persistence.Engine.PersistenceStore.Open(TestStore.HostFor(files), One, [store.Terminals]);
        Assert.Equal(Noise, store.Terminals.FindOutput(pane)!.ReadAll());
        Assert.Equal(StoreError.StoreClosed, Assert.ThrowsAny<StoreException>(() => output.ReadAll()).Error);
    }

    [Fact]
    public void What_retention_has_removed_can_no_longer_be_read_by_who_still_holds_it()
    {
        using TerminalStore store = CreateStored(new SimulatedFileSystem(), out PaneId pane);
        PaneOutput output = store.Terminals.FindOutput(pane)!;
        store.Change(batch => batch.SetScrollbackLimits(new ScrollbackLimits(0, 10_000)));
        Assert.Equal(Noise, output.ReadAll());
        store.Store.TakeCheckpoint();
        StoreException gone = Assert.ThrowsAny<StoreException>(() => output.ReadAll());
        Assert.Equal((StoreError.LogTruncated, 0L), (gone.Error, gone.Position));
        Assert.Equal(10_000, store.Read(pane).Length);
        Assert.Equal((Chunks - 1) * ScrollbackChunk.BytesMax, store.Terminals.FindOutput(pane)!.ReadNext(0)!.Value.Position);
    }

    [Fact]
    public void A_pane_that_is_gone_takes_its_output_with_it()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = CreateStored(files, out PaneId pane);
        store.Write(pane, Noise);
        PaneOutput output = store.Terminals.FindOutput(pane)!;
        store.Change(batch => batch.DestroyPane(pane));
        Assert.Null(store.Terminals.FindOutput(pane));
        Assert.Equal(0, store.Terminals.UnstoredBytes);
        Assert.Equal(2 * Noise.Length, output.ReadAll().Length);
        store.Store.TakeCheckpoint();
        Assert.Equal(StoreError.LogTruncated, Assert.ThrowsAny<StoreException>(() => output.ReadAll()).Error);
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending), One);
        Assert.Null(again.Terminals.FindOutput(pane));
    }

    [Fact]
    public void A_block_that_is_damaged_while_the_store_is_open_is_reported_and_the_next_opening_goes_back_to_the_checkpoint_before()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TerminalStore.Increments with { CheckpointsRetained = 2, Compress = false };
        TerminalStore store = CreateStored(files, out PaneId pane, options);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        string expected = store.Dump();
        string newest = $"checkpoints/{CheckpointsOf(files)[^1]}";
        Damage(files, newest);
        Assert.Equal(StoreError.CheckpointInvalid, Assert.ThrowsAny<StoreException>(() => store.Read(pane)).Error);
        Assert.Equal(Noise[(Chunks * ScrollbackChunk.BytesMax)..], store.Terminals.FindOutput(pane)!.ReadAll(Chunks * ScrollbackChunk.BytesMax));

        // It needs what cannot be read. Nothing is lost by that: commits go on, and one that only adds to the damaged one can be taken.
        for (int i = 0; i < 2; i++)
            Assert.Equal(StoreError.CheckpointInvalid, Assert.ThrowsAny<StoreException>(() => store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full })).Error);
        Assert.Null(store.Store.GetStatus().Fault);
        Assert.Empty(files.List("staging"));
        store.Change(static batch => batch.CreateSession("after"));
        store.Dispose();
        Assert.Empty(files.OpenFiles);

        using TerminalStore again = TerminalStore.Open(files, options);
        Assert.Contains(again.Store.RecoveryReport.Findings, static finding => finding.Kind == FindingKind.CheckpointInvalid);
        again.Change(batch => batch.DestroySession(again.Terminals.Tree.FindSession("after")!.Id));
        Assert.Equal(expected.Replace("next 2", "next 3", StringComparison.Ordinal), again.Dump());
        again.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        Assert.Equal(Noise, again.Read(pane));
    }

    [Fact]
    public void A_device_that_does_not_give_it_is_an_error_of_the_files()
    {
        bool fails = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            fails && operation.Kind == StorageOperationKind.Read && operation.Path.StartsWith("checkpoints/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.Failed) : null);
        using TerminalStore store = CreateStored(files, out PaneId pane);
        fails = true;
        Assert.Equal(StoreError.StorageFailed, Assert.ThrowsAny<StoreException>(() => store.Read(pane)).Error);
        fails = false;
        Assert.Equal(Noise, store.Read(pane));
    }

    /// <summary>The checkpoint stands; what it has stays in memory, or where it was, and is in the next one too.</summary>
    [Fact]
    public void A_checkpoint_that_cannot_be_opened_again_takes_nothing_out_of_memory()
    {
        string failing = "checkpoints/0000000001.full";
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            operation.Kind == StorageOperationKind.Open && operation.Path == failing ? new InjectedFault(StorageFault.TooManyOpenFiles) : null);
        using TerminalStore store = TerminalStore.Create(files, TerminalStore.Increments);
        PaneId pane = store.AddPane(limits: default(ScrollbackLimits));
        store.Write(pane, Noise);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        Assert.Equal(Chunks * ScrollbackChunk.BytesMax, store.Terminals.UnstoredBytes);
        Assert.Empty(OpenCheckpoints(disk));
        Assert.Equal(Noise, store.Read(pane));
        AssertSame(store, disk);

        // Its parent has them already: they take the place of what is there.
        failing = "";
        Assert.False(store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental }).IsFull);
        Assert.Equal(0, store.Terminals.UnstoredBytes);
        AssertSame(store, disk);

        failing = "checkpoints/0000000003.full";
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        Assert.Equal(["0000000002.incr"], OpenCheckpoints(disk));
        AssertSame(store, disk);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        AssertSame(store, disk);
        Assert.Single(OpenCheckpoints(disk));
    }

    [Fact]
    public void Only_files_that_chunks_are_read_from_are_open_however_many_checkpoints_there_were()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TerminalStore.Increments with { CheckpointsRetained = 2, CheckpointIncrementsMax = 3 };
        using (TerminalStore store = CreateStored(files, out PaneId pane, options))
        {
            for (int i = 0; i < 40; i++)
            {
                store.Write(pane, Noise.AsSpan(0, 10_000));
                store.Store.TakeCheckpoint();
                Assert.InRange(OpenCheckpoints(files).Count, 1, 4);
                Assert.Equal(OpenCheckpoints(files).Distinct(), OpenCheckpoints(files));
            }
        }

        Assert.Empty(files.OpenFiles);
        using (TerminalStore again = TerminalStore.Open(files, options))
            Assert.InRange(OpenCheckpoints(files).Count, 1, 4);
        Assert.Empty(files.OpenFiles);
        using (TerminalStore reader = TerminalStore.OpenReadOnly(files))
            Assert.InRange(OpenCheckpoints(files).Count, 1, 4);
        Assert.Empty(files.OpenFiles);
    }

    [Fact]
    public void On_a_real_disk_files_that_were_removed_are_read_and_none_stays_open()
    {
        using TestDirectory directory = new();
        IFileSystem files = DiskFileSystem.Open(directory.Path);
        PaneId pane;
        using (TerminalStore store = CreateStored(files, out pane))
        {
            using TerminalStore reader = TerminalStore.OpenReadOnly(files);
            PaneOutput output = store.Terminals.FindOutput(pane)!;
            for (int i = 0; i < 5; i++)
            {
                store.Store.TakeCheckpoint();
                Assert.Equal(Noise, output.ReadAll());
                Assert.Equal(Noise, reader.Read(pane));
            }

            AssertDescriptors(directory, most: 8);
        }

        AssertDescriptors(directory, most: 0);
        using TerminalStore again = TerminalStore.Open(files, One);
        Assert.Equal(Noise, again.Read(pane));
    }

    /// <summary>The files of a directory that this process has open, where the system tells.</summary>
    private static void AssertDescriptors(TestDirectory directory, int most)
    {
        if (!Directory.Exists("/proc/self/fd"))
            return;
        int count = Directory.EnumerateFiles("/proc/self/fd").Count(descriptor => new FileInfo(descriptor).LinkTarget?.StartsWith(directory.Path, StringComparison.Ordinal) == true);
        Assert.InRange(count, 0, most);
    }

    private static void AssertSame(TerminalStore store, SimulatedFileSystem disk)
    {
        using TerminalStore again = TerminalStore.Open(disk.CrashImage(CrashImageKind.DropPending), TerminalStore.Increments);
        Assert.Equal(store.Dump(), again.Dump());
    }

    /// <summary>A store with one pane that has written chunks and a tail; a full checkpoint has the chunks.</summary>
    private static TerminalStore CreateStored(IFileSystem files, out PaneId pane, StoreOptions? options = null)
    {
        TerminalStore store = TerminalStore.Create(files, options ?? One);
        pane = store.AddPane(limits: null);
        store.Write(pane, Noise);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        Assert.Equal(0, store.Terminals.UnstoredBytes);
        return store;
    }

    private static byte[] MakeNoise()
    {
        byte[] noise = new byte[(Chunks * ScrollbackChunk.BytesMax) + 5000];
        new Random(13).NextBytes(noise);
        // No lines that a limit would count.
        noise.AsSpan().Replace((byte)'\n', (byte)' ');
        return noise;
    }

    private static void Damage(SimulatedFileSystem files, string path)
    {
        using IFile file = files.Open(path, FileIntent.ReadWrite);
        byte[] one = new byte[1];
        _ = file.Read(one, 100_000);
        one[0] ^= 1;
        file.Write(one, 100_000);
    }

    private static string[] CheckpointsOf(SimulatedFileSystem files) => [.. files.List("checkpoints").Select(static entry => entry.Name)];

    private static List<string> OpenCheckpoints(SimulatedFileSystem files) => [.. files.OpenFiles.Where(static path => path.StartsWith("checkpoints/", StringComparison.Ordinal)).Select(static path => path["checkpoints/".Length..])];
}
