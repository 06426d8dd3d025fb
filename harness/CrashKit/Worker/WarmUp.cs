using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.Engine;
using Persistence.Platform;
using Persistence.Storage.Disk;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Worker;

/// <summary>Runs everything once on files in memory, so that a spare worker has loaded and compiled its code before it is needed.</summary>
internal static class WarmUp
{
    private const int Operations = 24;

    public static void Run()
    {
        WorkerChannel silent = new(Stream.Null);
        KillTrigger trigger = new(silent);
        SimulatedFileSystem disk = new();
        StoreOptions options = StoreProfile.Create(0, DurabilityMode.Sync);
        using (StoreSession session = StoreSessions.OpenOrCreate(HostFor(disk, trigger), options, trigger))
        {
            RandomWorkload workload = new(WorkloadMix.Find("mixed")!, new Random(1), 0, 0, needsBarriers: true, entitySeed: 1);
            OperationPerformer performer = new(session, silent);
            EntityWriter entities = EntityWriters.Of(session.States, 1).Single();
            for (int i = 0; i < Operations; i++)
                performer.TryPerform(workload.Next(), entities);
            Perform(session, new PlannedOperation(OperationKind.Checkpoint, []), silent);
            Perform(session, new PlannedOperation(OperationKind.Put, [new KeyWrite("key", "value|")]), silent);
        }

        using StoreSession again = StoreSessions.OpenOrCreate(HostFor(disk.CrashImage(CrashImageKind.KeepEverything), trigger), options, trigger);
        StoreDump.Say(again.Observe(), silent);
    }

    private static void Perform(StoreSession session, PlannedOperation operation, WorkerChannel channel)
    {
        channel.Intent(1, operation.Kind, operation.DescribeWrites(), operation.DescribeRecord());
        session.Perform(operation);
        channel.Ack(1);
    }

    private static StoreHost HostFor(SimulatedFileSystem disk, KillTrigger trigger) => new(
        new KillPointFileSystem(disk, trigger), SystemScheduler.Instance, TimeProvider.System, SystemRandomSource.Instance, CurrentProcess.Identify());
}
