using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>
/// What simpler harnesses take for a power cut, to see what they would miss: a kill alone; everything since the last sync gone; a suffix of the
/// operations gone. Under the profile that promises nothing.
/// </summary>
internal sealed class WeakerModel : IExploration
{
    private readonly Func<CrashStateSpace, long, IEnumerable<CrashChoice>> _choices;
    private readonly long _seed;

    private WeakerModel(string name, long seed, Func<CrashStateSpace, long, IEnumerable<CrashChoice>> choices)
    {
        Name = name;
        _seed = seed;
        _choices = choices;
    }

    public string Name { get; }

    public long? PieceCount => null;

    /// <summary>Everything is there, wherever the run is cut.</summary>
    public static WeakerModel KillOnly(long seed) => new("kill only", seed, static (space, cut) => [Keep(space, cut, int.MaxValue)]);

    /// <summary>What was synced is there, and nothing else.</summary>
    public static WeakerModel DropToLastSync(long seed) => new("drop to last sync", seed, static (space, cut) => [Keep(space, cut, 0)]);

    /// <summary>What is pending is there up to some operation, and nothing after it.</summary>
    public static WeakerModel SuffixLoss(long seed) =>
        new("suffix loss", seed, static (space, cut) => Enumerable.Range(0, space.PendingAt(cut).Count + 1).Select(kept => Keep(space, cut, kept)));

    public ExplorationFigures Explore(long piece, CancellationToken stop)
    {
        ExplorationFigures figures = new();
        HashSet<(ulong, ulong)> seen = [];
        if (PowerLossExploration.TryRecord(() => RecordedRun.Record(PowerLossExploration.PlanOf(new PowerLossOptions { Seed = _seed }, piece)), Name, figures) is not RecordedRun run)
            return figures;
        CrashStateSpace space = new(run.Trace, CrashProfile.PosixMin);
        for (long cut = 0; cut <= run.Trace.End && !stop.IsCancellationRequested; cut++)
        {
            foreach (CrashChoice choice in _choices(space, cut))
            {
                bool isNew = seen.Add((space.HashAt(choice), run.History.WindowAt(cut)));
                figures.Count(Name, 1, isNew ? 1 : 0);
                if (isNew && RecoveryJudge.Judge(space.At(choice).ToFileSystem(), run, cut, isKill: Name == "kill only") is string message)
                {
                    figures.Add(new ExplorationFailure(Name, $"cut at {cut}", message));
                    return figures;
                }
            }
        }

        return figures;
    }

    public IEnumerable<string> FindVacuity(ExplorationFigures figures) => [];

    private static CrashChoice Keep(CrashStateSpace space, long cut, int kept)
    {
        CrashChoice choice = new(space.Micros.Count) { Tier = 1, Cut = cut };
        foreach (int micro in space.PendingAt(cut).Take(kept))
            choice.Keeps[micro] = true;
        return choice;
    }
}
