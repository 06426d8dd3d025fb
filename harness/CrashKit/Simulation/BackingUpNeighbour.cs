using Persistence.Backups;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>
/// A process that takes backups while the writers write, roll and retire: a full one and an increment, and so on. Each is verified and restored: the new store has all that was promised before the backup was begun, and nothing begun after it ended. That an
/// increment is refused since retention was faster is as it should be; that anything else is refused is not.
/// </summary>
internal sealed class BackingUpNeighbour : Neighbour
{
    private const int BackupsMax = 3;
    private const int StepsBetween = 40;

    // At first, when the store is held and nothing of it is read yet, retention is given time.
    private const int StepsAtFirst = 250;
    private const int StepsWithin = 10;

    /// <summary>How many increments were taken.</summary>
    public int Increments { get; private set; }

    public override void Run(RecordedRun run, StoreHost host)
    {
        List<IFileSystem> chain = [];
        for (int backup = 0; backup < BackupsMax && !run.IsClosing; backup++)
        {
            Pass(run, StepsBetween);
            try
            {
                BackUp(run, host, chain);
            }
            catch (StoreException e) when (e.Error == StoreError.BackupInvalid && chain.Count > 0)
            {
                // Retention was faster: the next one is full.
                chain.Clear();
            }
            catch (StoreException e)
            {
                Objection ??= $"a backup beside the writer was refused with {e.Error}: {e.Message}";
                return;
            }
        }
    }

    private void BackUp(RecordedRun run, StoreHost host, List<IFileSystem> chain)
    {
        SimulatedFileSystem backup = new();
        long began = run.Mark();
        int reports = 0;
        StoreBackup.Take(host, backup, new BackupRequest { Parents = [.. chain], Progress = _ => Pass(run, reports++ == 0 ? StepsAtFirst : StepsWithin) });
        long ended = run.Mark();
        Increments += chain.Count > 0 ? 1 : 0;
        chain.Add(backup);
        if (!StoreBackup.Verify(chain, host).IsWhole)
            Objection ??= "a backup that was just taken is not whole";
        Note(Restore(run, host, chain), began, ended);
    }

    /// <summary>The log of a restored store begins anew: it has no records.</summary>
    private static FoundContents Restore(RecordedRun run, StoreHost host, List<IFileSystem> chain)
    {
        StoreHost restored = SimulatedHost.On(new SimulatedFileSystem(), host);
        StoreBackup.Restore(chain, restored, RunPlan.Quiet(run.Plan.Options), WorkloadStates.Of(run.Plan).All);
        WorkloadStates states = WorkloadStates.Of(run.Plan);
        using PersistenceStore store = PersistenceStore.OpenReadOnly(restored, states.All);
        return FoundContents.OfItems(states, run.History.Writers.Count);
    }

    private static void Pass(RecordedRun run, int steps)
    {
        for (int step = 0; step < steps && !run.IsClosing; step++)
            run.Step();
    }
}
