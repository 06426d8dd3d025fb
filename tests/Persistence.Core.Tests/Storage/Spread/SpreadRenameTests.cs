using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage.Spread;

public sealed class SpreadRenameTests
{
    [Fact]
    public void A_file_that_goes_to_another_disk_is_durable_there_before_its_old_name_goes()
    {
        SimulatedFileSystem main = new();
        SimulatedFileSystem elsewhere = new();
        SpreadFileSystem files = new(main, new Dictionary<string, IFileSystem> { ["checkpoints"] = elsewhere }, static _ => null);
        foreach (string directory in (string[])["checkpoints", "quarantine", "staging"])
            files.CreateDirectory(directory);
        files.SyncDirectory("");
        using (IFile file = files.Open("checkpoints/1", FileIntent.CreateNew))
        {
            file.Write("evidence"u8, 0);
            file.Sync();
        }

        files.SyncDirectory("checkpoints");
        files.Rename("checkpoints/1", "quarantine/1");
        // What the one disk has done may be durable, and what the other has done not.
        Assert.DoesNotContain(elsewhere.List("checkpoints"), static entry => entry.Name == "1");
        Assert.Contains(main.CrashImage(CrashImageKind.DropPending).List("quarantine"), static entry => entry.Name == "1");
    }
}
