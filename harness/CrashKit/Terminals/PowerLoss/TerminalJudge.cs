using Persistence.Configuration;
using Persistence.CrashKit.Simulation;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage.Simulated;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>Opens a store of terminals from a crash image, on the caller's thread alone, and holds what it has against what it may have.</summary>
internal static class TerminalJudge
{
    private const int ReadFirstOneIn = 16;

    /// <summary>Recovers the image.</summary>
    /// <param name="image">The disk; recovery changes it.</param>
    /// <param name="run">The run that was cut.</param>
    /// <param name="cut">Where.</param>
    /// <param name="isKill">Whether only the process died.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Judge(SimulatedFileSystem image, RecordedTerminalRun run, long cut, bool isKill)
    {
        try
        {
            StoreHost host = SimulatedHost.CreateInline(image, run.Plan.Seed, run.Boot + (isKill ? 0 : 1));
            if (cut % ReadFirstOneIn == 0 && Open(state => PersistenceStore.OpenReadOnly(host, [state]), run, cut) is string misread)
                return $"opened for reading: {misread}";
            return Open(state => PersistenceStore.Open(host, RunPlan.Quiet(run.Plan.Options), [state]), run, cut);
        }
#pragma warning disable CA1031 // An engine that fails otherwise than it says it would has not kept its promise.
        catch (Exception e)
        {
            return $"the store fails with {e.GetType().Name}: {e.Message}";
        }
#pragma warning restore CA1031
    }

    private static string? Open(Func<TerminalState, PersistenceStore> open, RecordedTerminalRun run, long cut)
    {
        TerminalState state = new();
        PersistenceStore store;
        try
        {
            store = open(state);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound && run.Before is null && cut <= run.History.OpenedAt)
        {
            return null;
        }
        catch (StoreException e)
        {
            return $"the store does not open: {e.Error}: {e.Message}";
        }

        using (store)
        {
            (RecordedTerminalRun judged, long until) = run.WhoPromised(cut);
            StoreOptions options = run.Plan.Options;
            return judged.History.Judge(state, new StoreLimits(options.TerminalScrollbackLines, options.TerminalScrollbackBytes), until);
        }
    }
}
