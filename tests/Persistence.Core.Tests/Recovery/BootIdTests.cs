using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>
/// What recovery itself wrote in this boot may exist in memory only, like what a writer wrote: ROOT says so before anything
/// is changed.
/// </summary>
public sealed class BootIdTests
{
    [Theory]
    [InlineData("nothing more")]
    [InlineData("a segment never used")]
    [InlineData("damage to tolerate")]
    [InlineData("a lost slot of ROOT")]
    public void The_boot_is_in_ROOT_before_recovery_changes_the_log(string found)
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        Change(sample, found);
        SimulatedFileSystem disk = sample.Image.ToFiles();
        List<string> changes = [];
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (CrashPoint.Changes(operation.Kind) && operation.Kind != StorageOperationKind.Open && IsLog(operation.Path))
                changes.Add($"{RootFile.Read(disk.CrashImage(CrashImageKind.DropPending)).Believed!.BootId}: {operation.Kind} {operation.Path}");
            return null;
        });
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog, RecoveryMode.TolerateTail, "boot-2");
        Assert.True(changes.Count > 5);
        Assert.All(changes, change => Assert.StartsWith("boot-2: ", change, StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_only_memory_holds_since_a_recovery_failed_is_not_believed_by_the_next_one()
    {
        SampleStore sample = SampleStore.Create();
        int failures = 0;
        for (int failing = 1; ; failing++)
        {
            ForgettingDirectories files = new(sample.Image.ToFiles()) { FailingSync = failing };
            bool failed = Record.Exception(() => TestStore.Open(files, SampleStore.KeepLog, bootId: "boot-2").Dispose()) is StoreException;
            if (!failed)
                break;
            failures++;
            using TestStore store = TestStore.Open(files, SampleStore.KeepLog, bootId: "boot-2");
            store.Set("acknowledged", "1");
            using TestStore afterCut = TestStore.Open(files.CutPower(), SampleStore.KeepLog, bootId: "boot-3");
            Assert.Equal($"acknowledged=1;{sample.State}", afterCut.Dump());
        }

        Assert.True(failures > 0);
    }

    private static void Change(SampleStore sample, string found)
    {
        string newest = sample.NewestSegment;
        switch (found)
        {
            case "a segment never used":
                sample.Image[$"wal/{sample.HeaderOf(newest).Sequence + 1:D10}.wal"] = new byte[32 << 10];
                break;
            case "damage to tolerate":
                sample.Image.Flip(newest, sample.FramesOf(newest)[^2] + 90);
                break;
            case "a lost slot of ROOT":
                sample.Image["ROOT"].AsSpan((int)(sample.Root.Generation & 1) * 8192, 8192).Fill(0x5A);
                break;
            default:
                Assert.Equal("nothing more", found);
                break;
        }
    }

    /// <summary>Its copies in staging included. A segment that goes to quarantine leaves the log by a link of its own path.</summary>
    private static bool IsLog(string path) => path.StartsWith("wal", StringComparison.Ordinal) || path.StartsWith("staging", StringComparison.Ordinal);
}
