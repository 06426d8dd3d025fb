using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>A store that swallows the error of a sync has to be convicted, or the exploration proves nothing.</summary>
internal static class FaultCanary
{
    /// <summary>Whether one of the failed syncs of a run, swallowed, leads to a loss that is found.</summary>
    public static bool IsConvicted(FaultOptions options)
    {
        FaultOptions swallowing = options with { Wrap = static files => new SwallowingFileSystem(files) };
        for (long number = 0; number < 8; number += 2)
        {
            if (TryPlan(swallowing, number) is not FaultPlan plan)
                continue;
            FaultExplorer explorer = new(plan, swallowing, new ExplorationFigures());
            foreach (FaultPoint point in plan.FindPoints().Where(point => point is { Kind: FaultKind.SyncForgotten, IsLasting: false, Operation.Kind: StorageOperationKind.SyncData }))
            {
                if (explorer.Explore(point) is not null)
                    return true;
            }
        }

        return false;
    }

    /// <summary>The run of a number; null where it comes to harm without a fault, which is said elsewhere.</summary>
    private static FaultPlan? TryPlan(FaultOptions options, long number)
    {
        try
        {
            return FaultPlan.OnNewStore(options, number);
        }
        catch (SimulationException)
        {
            return null;
        }
    }

    /// <summary>A disk whose errors of data syncs nobody hears of.</summary>
    internal sealed class SwallowingFileSystem(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => new SwallowingFile(base.Open(path, intent));

        private sealed class SwallowingFile(IFile inner) : ForwardingFile(inner)
        {
            public override void SyncData()
            {
                try
                {
                    base.SyncData();
                }
                catch (StorageException)
                {
                    // The mistake.
                }
            }
        }
    }
}
