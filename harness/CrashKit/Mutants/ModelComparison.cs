using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Runs;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Mutants;

/// <summary>What simpler models of a power cut would have caught of the mutants that one has to reveal.</summary>
/// <param name="Rows">For each mutant, by which models it was caught.</param>
/// <param name="Options">How they were tried.</param>
/// <param name="WasInterrupted">Whether there are mutants that were not tried.</param>
internal sealed record ModelComparison(IReadOnlyList<ModelComparison.Row> Rows, MutantHuntOptions Options, bool WasInterrupted)
{
    private const long StatesMax = 100_000;

    private static readonly (string Name, Func<long, Exploration.IExploration> Create)[] Models =
    [
        ("kill only", WeakerModel.KillOnly),
        ("drop to last sync", WeakerModel.DropToLastSync),
        ("suffix loss", WeakerModel.SuffixLoss),
        ("all legal states", seed => new PowerLossExploration(new PowerLossOptions { Seed = seed, SampledMax = 300, WithNeighbours = false, ContinuedMax = 0, Profiles = [CrashProfile.PosixMin, CrashProfile.Ext4Writeback] })),
    ];

    /// <summary>The models, the simplest first; the last one is the whole.</summary>
    public static IReadOnlyList<string> ModelNames { get; } = [.. Models.Select(model => model.Name)];

    /// <summary>Mutants that a power cut has to reveal and that not even all legal states did.</summary>
    public IEnumerable<Mutant> Missed => Rows.Where(row => row.Mutant.Tier == MutantTier.PowerLoss && !row.CaughtBy.Contains(ModelNames[^1])).Select(row => row.Mutant);

    public KillRunVerdict Verdict => WasInterrupted ? KillRunVerdict.CouldNotRun : Missed.Any() ? KillRunVerdict.Convicted : KillRunVerdict.Passed;

    /// <summary>How many a model caught.</summary>
    public int Count(string model) => Rows.Count(row => row.CaughtBy.Contains(model));

    /// <summary>Tries every mutant under every model: of all mutants, those that a power cut has to reveal; of some that were named, each.</summary>
    public static ModelComparison Run(MutantHuntOptions options, CancellationToken interrupted)
    {
        List<Row> rows = [];
        foreach (Mutant mutant in options.Mutants.Where(mutant => mutant.Status == MutantStatus.Active && (mutant.Tier == MutantTier.PowerLoss || options.Mutants.Count < MutantCatalog.All.Count)))
        {
            List<string> caughtBy = [];
            foreach ((string name, Func<long, Exploration.IExploration> create) in Models)
            {
                using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
                stop.CancelAfter(options.TimeMax);
                if (new ExplorationHunter(MutantTier.PowerLoss, create, StatesMax, static _ => true).Hunt(mutant.Name, options.Seed, stop.Token) is not null)
                    caughtBy.Add(name);
            }

            if (interrupted.IsCancellationRequested)
                break;
            rows.Add(new Row(mutant, caughtBy));
        }

        return new ModelComparison(rows, options, interrupted.IsCancellationRequested);
    }

    /// <summary>A mutant.</summary>
    /// <param name="Mutant">Which.</param>
    /// <param name="CaughtBy">The models that caught it.</param>
    internal sealed record Row(Mutant Mutant, IReadOnlyList<string> CaughtBy);
}
