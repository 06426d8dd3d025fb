using Persistence.CrashKit.Simulation;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>Opens a store from a crash image and holds what it has against what it may have: the state after n operations, for some acknowledged ≤ n ≤ begun.</summary>
internal sealed class RecoveryJudge(RecordedRun run)
{
    private const int BootAfterwards = 1;

    /// <summary>Recovers the image.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Judge(SimulatedFileSystem image, long cut, long seed)
    {
        int least = run.AcknowledgedBefore(cut);
        int most = run.BegunBefore(cut);
        KeyValueState keyValue = new();
        PersistenceStore store;
        try
        {
            store = PersistenceStore.Open(SimulatedHost.Create(image, seed, BootAfterwards), run.Options, [keyValue]);
        }
        catch (StoreException e) when (least == 0 && e.Error == StoreError.StoreNotFound)
        {
            // Cut in the middle of its creation, which nobody has been told of yet.
            return null;
        }
        catch (StoreException e)
        {
            return $"{least} operations were acknowledged and the store does not open: {e.Error}: {e.Message}";
        }

        using (store)
        {
            StateDigest found = StateDigest.Of(store, keyValue);
            for (int n = least; n <= most; n++)
            {
                if (run.States[n] == found)
                    return null;
            }

            int other = Array.IndexOf(run.States, found);
            return other >= 0
                ? $"{least} operations were acknowledged, {most} begun, and the store holds what it held after {other}"
                : $"{least} operations were acknowledged, {most} begun, and the store holds what it never held";
        }
    }
}
