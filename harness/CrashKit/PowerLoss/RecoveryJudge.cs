using Persistence.CrashKit.Simulation;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>Opens a store from a crash image, on the caller's thread alone, and holds what it has against what it may have.</summary>
internal static class RecoveryJudge
{
    /// <summary>Recovers the image.</summary>
    /// <param name="image">The disk; recovery changes it.</param>
    /// <param name="run">The run that was cut.</param>
    /// <param name="cut">Where.</param>
    /// <param name="boot">Which start of the machine this is.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Judge(SimulatedFileSystem image, RecordedRun run, long cut, int boot)
    {
        KeyValueState keyValue = new();
        PersistenceStore store;
        try
        {
            store = PersistenceStore.Open(SimulatedHost.CreateInline(image, run.Plan.Seed, boot), RunPlan.Quiet(run.Plan.Options), [keyValue]);
        }
        catch (StoreException e) when (cut <= run.History.CreatedAt && e.Error == StoreError.StoreNotFound)
        {
            // Cut in the middle of its creation, which nobody has been told of yet.
            return null;
        }
        catch (StoreException e)
        {
            return $"the store does not open: {e.Error}: {e.Message}";
        }

        using (store)
            return run.History.Judge(FoundContents.Of(store, keyValue, run.History.Writers.Count), cut);
    }
}
