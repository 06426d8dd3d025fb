using System.Globalization;
using Persistence.CrashKit.Exploration;

namespace Persistence.CrashKit.Mutants;

/// <summary>A tier that explores in this process, with the engine in it that makes mistakes.</summary>
/// <param name="tier">Which tier.</param>
/// <param name="create">What it explores, from a seed.</param>
/// <param name="statesMax">After so many different cases it gives up.</param>
/// <param name="counts">Whether a failure of that name is this tier's.</param>
internal sealed class ExplorationHunter(MutantTier tier, Func<long, IExploration> create, long statesMax, Func<string, bool> counts) : IMutantHunter
{
    public MutantTier Tier => tier;

    public string? Hunt(string mutant, long seed, CancellationToken stop)
    {
        MutantEngine.Active = mutant;
        try
        {
            ExplorationRun run = new(create(seed), new ExplorationOptions { Seed = seed, States = statesMax }, failuresMax: 1, counts);
            ExplorationFigures figures = run.Run(stop).Figures;
            return figures.Failures.Count == 0
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{figures.Failures[0].Tier} after {figures.Distinct} states: {figures.Failures[0].Message}");
        }
        finally
        {
            MutantEngine.Active = null;
        }
    }
}
