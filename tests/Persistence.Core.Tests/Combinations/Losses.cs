using Persistence.Checkpoints;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Repair;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Combinations;

/// <summary>Steps that take something away from a copy of the store, and ask for all of its state the same.</summary>
internal sealed class Losses(Subject subject)
{
    private History History => subject.History;

    /// <summary>Two chains are kept so that the newest one can be lost.</summary>
    public void LoseNewestChain()
    {
        CombinedDisks image = subject.Disks.Image(CrashImageKind.KeepEverything);
        RootRecord root = RootFile.Read(image.Main).Believed!;
        if (CheckpointChains.Count(root.Checkpoints) < 2)
            return;
        foreach (RootCheckpoint lost in CheckpointChains.Newest(root.Checkpoints))
            image.DiskOf(subject.PlaceOf("checkpoints")).Delete(CheckpointNames.Path(lost));
        RequireRecovers(image);
    }

    /// <summary>What the other slot needs is there.</summary>
    public void LoseRootSlot()
    {
        CombinedDisks image = subject.Disks.Image(CrashImageKind.KeepEverything);
        using (IFile file = image.Main.Open(RootFile.Name, FileIntent.ReadWrite))
        {
            long slotBytes = file.GetLength() / 2;
            file.Write(new byte[slotBytes], RootFile.Read(image.Main).Believed!.Generation % 2 * slotBytes);
        }

        RequireRecovers(image);
    }

    /// <summary>Of a store that is whole a salvage has everything.</summary>
    public void Salvage()
    {
        CombinedDisks image = subject.Disks.Image(CrashImageKind.KeepEverything);
        CombinedDisks salvaged = new();
        StoreRepair.Run(subject.Host(image), new RepairRequest
        {
            Mode = RepairMode.Salvage, Models = () => [new KeyValueState()], Destination = subject.Host(salvaged), Options = TestStore.SmallOptions,
        });
        KeyValueState found = new();
        using PersistenceStore store = PersistenceStore.Open(subject.Host(salvaged), TestStore.SmallOptions, [found]);
        Moment? expected = History.Head.Path().FirstOrDefault(moment => moment.Number >= History.Durable.Number && StateCheck.Differs(found, moment) is null);
        CombinationException.Require(expected is not null, $"A salvage of a whole store has another state: {StateCheck.Differs(found, History.Head)}.");
    }

    private void RequireRecovers(CombinedDisks image)
    {
        foreach (SimulatedFileSystem disk in image.All)
            disk.CapacityBytes = long.MaxValue;
        KeyValueState items = new();
        Moment found;
        using (PersistenceStore store = PersistenceStore.OpenConfigured(subject.Host(image), [items]))
        {
            found = StateCheck.FindRecovered(items, store.RecoveryReport.EndLsn, [(History.Head, History.Durable)]);
            items.Set("after", [0xA1, (byte)'x']);
            store.TakeCheckpoint();
            store.Close();
        }

        KeyValueState again = new();
        using PersistenceStore reopened = PersistenceStore.OpenConfigured(subject.Host(image), [again]);
        CombinationException.Require(again.Count == found.State.Count + 1, $"What was written after a loss is gone: there are {again.Count} keys.");
    }
}
