using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>Opens a store from a crash image, on the caller's thread alone, and holds what it has against what it may have.</summary>
internal static class RecoveryJudge
{
    private const int ReadFirstOneIn = 32;

    /// <summary>Recovers the image.</summary>
    /// <param name="image">The disk; recovery changes it.</param>
    /// <param name="run">The run that was cut.</param>
    /// <param name="cut">Where.</param>
    /// <param name="isKill">Whether only the process died: the machine is the same.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Judge(SimulatedFileSystem image, RecordedRun run, long cut, bool isKill)
    {
        try
        {
            return Recover(image, run, cut, isKill);
        }
#pragma warning disable CA1031 // An engine that fails otherwise than it says it would has not kept its promise.
        catch (Exception e)
        {
            return $"the store fails with {e.GetType().Name}: {e.Message}";
        }
#pragma warning restore CA1031
    }

    private static string? Recover(SimulatedFileSystem image, RecordedRun run, long cut, bool isKill)
    {
        StoreHost host = SimulatedHost.CreateInline(image, run.Plan.Seed, run.Start.Boot + (isKill ? 0 : 1));
        if (cut % ReadFirstOneIn == 0 && Open(states => PersistenceStore.OpenReadOnly(host, states.All), run, cut) is string misread)
            return $"opened for reading: {misread}";
        return Open(states => PersistenceStore.Open(host, RunPlan.Quiet(run.Plan.Options), states.All), run, cut, disk: image);
    }

    /// <param name="open">Opens the store.</param>
    /// <param name="run">The run that was cut.</param>
    /// <param name="cut">Where.</param>
    /// <param name="disk">Of a store that is opened for writing: then files are to be in their places.</param>
    private static string? Open(Func<WorkloadStates, PersistenceStore> open, RecordedRun run, long cut, SimulatedFileSystem? disk = null)
    {
        WorkloadStates states = WorkloadStates.Of(run.Plan);
        PersistenceStore store;
        try
        {
            store = open(states);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound && MayBeMissing(run, cut))
        {
            return null;
        }
        catch (StoreException e)
        {
            return $"the store does not open: {e.Error}: {e.Message}";
        }

        using (store)
        {
            FoundContents found;
            try
            {
                found = FoundContents.Of(store, states, run.History.Writers.Count);
            }
            catch (StoreException e)
            {
                return $"the store opens and its log, or a file, cannot be read: {e.Error}: {e.Message}";
            }

            (RecordedRun judged, long until) = run.WhoPromised(cut);
            return judged.History.Judge(found, until) ?? (disk is null ? null : states.FindMisplaced(disk));
        }
    }

    /// <summary>Cut in the middle of its creation, of which nobody has been told yet.</summary>
    private static bool MayBeMissing(RecordedRun run, long cut) => run.Start.IsNew && cut <= run.History.OpenedAt;
}
