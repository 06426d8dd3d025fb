using System.Text;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage;

public sealed class AtomicFileTests
{
    private delegate void Writer(IFileSystem files, string path, string text);

    [Fact]
    public void The_content_is_replaced_whole_and_durably()
    {
        SimulatedFileSystem files = CreateStore("OWNER", "a long old content");
        AtomicFile.Write(files, "OWNER", "new"u8);
        Assert.Equal("new", files.FindText("OWNER"));
        Assert.Equal("new", files.CrashImage(CrashImageKind.DropPending).FindText("OWNER"));
        Assert.Empty(files.List("staging"));
    }

    [Fact]
    public void A_file_that_was_not_there_is_created()
    {
        SimulatedFileSystem files = CreateStore("OWNER", "x");
        AtomicFile.Write(files, "checkpoints/1.full", "new"u8);
        Assert.Equal("new", files.CrashImage(CrashImageKind.DropPending).FindText("checkpoints/1.full"));
    }

    [Theory]
    [InlineData("OWNER")]
    [InlineData("checkpoints/1.full")]
    public void A_crash_at_any_point_leaves_the_old_content_or_the_new(string path) =>
        Assert.Empty(FindTornStates(path, WriteAtomically));

    // The checker above has to be able to fail.
    [Fact]
    public void Leaving_out_the_sync_of_the_file_is_caught() =>
        Assert.NotEmpty(FindTornStates("OWNER", WriteWithoutFileSync));

    [Fact]
    public void Leaving_out_the_sync_of_the_directory_is_caught() =>
        Assert.NotEmpty(FindTornStates("OWNER", WriteWithoutDirectorySync));

    [Fact]
    public void Overwriting_a_leftover_instead_of_deleting_it_is_caught() =>
        Assert.NotEmpty(FindTornStates("OWNER", WriteOverLeftover));

    [Fact]
    public void A_failure_of_any_step_is_reported_and_leaves_nothing_in_staging()
    {
        SimulatedFileSystem reference = CreateStore("OWNER", "old");
        FaultInjectingFileSystem counting = new(reference, (in StorageOperation _) => null);
        WriteAtomically(counting, "OWNER", "new");
        // The first operation is the deletion of a leftover that is not there: its failure does not matter.
        for (long failing = 2; failing <= counting.OperationCount; failing++)
        {
            SimulatedFileSystem files = CreateStore("OWNER", "old");
            FaultInjectingFileSystem faulty = new(files, (in StorageOperation operation) =>
                operation.Ordinal == failing ? new InjectedFault(StorageFault.DiskFull) : null);
            Assert.Equal(StorageFault.DiskFull, Assert.Throws<StorageException>(() => WriteAtomically(faulty, "OWNER", "new")).Fault);
            Assert.Empty(files.List("staging"));
            Assert.Equal(failing == counting.OperationCount ? "new" : "old", files.FindText("OWNER"));
        }
    }

    // Every crash after every operation, of a write on a clean store and of one that finds what an earlier crash left.
    private static List<string> FindTornStates(string path, Writer write)
    {
        List<string> torn = [];
        SimulatedFileSystem store = CreateStore(path, "old");
        foreach (SimulatedFileSystem first in CrashDuring(store, path, "new", write, torn, ["old", "new"]))
        {
            _ = CrashDuring(first, path, "newest", write, torn, [first.FindText(path)!, "newest"]).Count;
        }
        return torn;
    }

    private static List<SimulatedFileSystem> CrashDuring(SimulatedFileSystem store, string path, string text, Writer write, List<string> torn, string[] legal)
    {
        List<SimulatedFileSystem> images = [];
        SimulatedFileSystem running = store.CrashImage(CrashImageKind.KeepEverything);
        FaultInjectingFileSystem observed = new(running, (in StorageOperation operation) =>
        {
            Judge($"before operation {operation.Ordinal} ({operation.Kind})", legal);
            return null;
        });
        write(observed, path, text);
        Judge("after the last operation", [text]);
        return images;

        void Judge(string moment, string[] allowed)
        {
            foreach (CrashImageKind kind in Enum.GetValues<CrashImageKind>())
            {
                SimulatedFileSystem image = running.CrashImage(kind);
                string? found = image.FindText(path);
                if (allowed.Contains(found))
                    images.Add(image);
                else
                    torn.Add($"{moment}, {kind}: '{found}'");
            }
        }
    }

    private static SimulatedFileSystem CreateStore(string path, string text)
    {
        SimulatedFileSystem files = new();
        files.CreateDirectory("staging");
        files.CreateDirectory("checkpoints");
        files.CreateText(path, text).Dispose();
        return files.CrashImage(CrashImageKind.KeepEverything);
    }

    private static void WriteAtomically(IFileSystem files, string path, string text) =>
        AtomicFile.Write(files, path, Encoding.UTF8.GetBytes(text));

    private static void WriteWithoutFileSync(IFileSystem files, string path, string text)
    {
        TryDeleteStaged(files);
        files.CreateText("staging/new", text).Dispose();
        files.Rename("staging/new", path);
        files.SyncDirectory("");
    }

    private static void WriteWithoutDirectorySync(IFileSystem files, string path, string text)
    {
        TryDeleteStaged(files);
        using IFile file = files.CreateText("staging/new", text);
        file.Sync();
        files.Rename("staging/new", path);
    }

    // A crash that lost the removal of the staged name but kept the new one leaves both names on one file.
    private static void WriteOverLeftover(IFileSystem files, string path, string text)
    {
        files.SyncDirectory("staging");
        using (IFile file = files.Open("staging/new", FileIntent.OpenOrCreate))
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(text), 0);
            file.Sync();
        }
        files.SyncDirectory("staging");
        files.Rename("staging/new", path);
        files.SyncDirectory("");
    }

    private static void TryDeleteStaged(IFileSystem files)
    {
        if (files.FindText("staging/new") is not null)
            files.Delete("staging/new");
    }
}
