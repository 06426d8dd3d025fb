using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>
/// A process is killed, the next one finds what the operating system still holds in memory and goes on, and then the power
/// fails: what neither of them made durable is gone, and nothing acknowledged may depend on it.
/// </summary>
public sealed class KilledThenCutTests
{
    [Theory]
    [InlineData("boot-1")]
    [InlineData("")]
    public void A_kill_at_any_operation_and_a_cut_later_lose_nothing_acknowledged(string bootId)
    {
        FaultInjectingFileSystem counting = new(new SimulatedFileSystem(), (in StorageOperation _) => null);
        new Workload(counting).Run();
        int kills = 0;
        for (long killedAt = 1; killedAt <= counting.OperationCount; killedAt++)
            kills += KillAt(killedAt, bootId) ? 1 : 0;
        Assert.True(kills > 300, $"only {kills} kills");
    }

    private static bool HasRoot(SimulatedFileSystem disk) => disk.List("").Any(entry => entry.Name == "ROOT");

    /// <returns>Whether there was a store by then, its creation acknowledged or not.</returns>
    private static bool KillAt(long killedAt, string bootId)
    {
        SimulatedFileSystem disk = new();
        string what = "";
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Ordinal < killedAt)
                return null;
            if (operation.Ordinal == killedAt)
                what = $"killed at operation {killedAt} ({operation.Kind} {operation.Path})";
            return new InjectedFault(StorageFault.Failed);
        });
        Workload workload = new(files, surface => TestStore.DeterministicHostFor(surface, bootId: bootId));
        Record.Exception(() => workload.Run());
        workload.Dispose();
        if (!workload.IsCreated && !HasRoot(disk))
            return false;
        try
        {
            using TestStore next = TestStore.Open(TestStore.DeterministicHostFor(disk, seed: 8, bootId: bootId), Workload.Options);
            string found = next.Dump();
            Assert.True(found == workload.Acknowledged || found == workload.Possible, "what was acknowledged before the kill is lost");
            next.Set("more", "1");
            using TestStore afterCut = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending), Workload.Options, bootId: "boot-9");
            Assert.True(next.Dump() == afterCut.Dump(), "what was acknowledged before the cut is lost");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{what}: {e.Message}", e);
        }

        return true;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_ROOT_whose_name_was_never_made_durable_is_not_lost_with_what_was_acknowledged_since(bool isRebuilt)
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Remove("ROOT");
        SimulatedFileSystem disk = isRebuilt ? sample.Image.ToFiles() : new SimulatedFileSystem();
        bool isStopped = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            isStopped |= operation.Kind == StorageOperationKind.SyncDirectory && operation.Path.Length == 0 && HasRoot(disk);
            return isStopped ? new InjectedFault(StorageFault.Failed) : null;
        });
        Assert.ThrowsAny<StoreException>(() =>
        {
            if (isRebuilt)
                TestStore.Open(files, SampleStore.KeepLog, RecoveryMode.TolerateTail);
            else
                PersistenceStore.Create(TestStore.HostFor(files), SampleStore.KeepLog);
        });
        Assert.True(isStopped);
        using TestStore next = TestStore.Open(disk, SampleStore.KeepLog);
        Assert.Equal(isRebuilt ? sample.State : "", next.Dump());
        next.Set("more", "1");
        using TestStore afterCut = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending), SampleStore.KeepLog, bootId: "boot-9");
        Assert.Equal(next.Dump(), afterCut.Dump());
    }
}
