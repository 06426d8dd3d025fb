using System.Globalization;
using Persistence.CrashKit.PowerLoss;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Mutants;

/// <summary>What simpler models of a power cut would have caught of the mutants that one has to reveal.</summary>
/// <param name="Lines">A table in words: a line for each mutant, and the sums.</param>
internal sealed record ModelComparison(IReadOnlyList<string> Lines)
{
    private const long StatesMax = 100_000;

    private static readonly (string Name, Func<long, Exploration.IExploration> Create)[] Models =
    [
        ("kill only", WeakerModel.KillOnly),
        ("drop to last sync", WeakerModel.DropToLastSync),
        ("suffix loss", WeakerModel.SuffixLoss),
        ("all legal states", seed => new PowerLossExploration(new PowerLossOptions { Seed = seed, SampledMax = 300, WithNeighbours = false, ContinuedMax = 0, Profiles = [CrashProfile.PosixMin, CrashProfile.Ext4Writeback] })),
    ];

    public static ModelComparison Run(MutantHuntOptions options, CancellationToken interrupted)
    {
        List<string> lines = [Row("mutant", Models.Select(model => model.Name))];
        int[] caught = new int[Models.Length];
        foreach (Mutant mutant in options.Mutants.Where(mutant => mutant.Status == MutantStatus.Active && (mutant.Tier == MutantTier.PowerLoss || options.Mutants.Count < MutantCatalog.All.Count)))
        {
            List<string> outcomes = [];
            for (int model = 0; model < Models.Length; model++)
            {
                using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
                stop.CancelAfter(options.TimeMax);
                bool isCaught = new ExplorationHunter(MutantTier.PowerLoss, Models[model].Create, StatesMax, static _ => true).Hunt(mutant.Name, options.Seed, stop.Token) is not null;
                caught[model] += isCaught ? 1 : 0;
                outcomes.Add(isCaught ? "caught" : "missed");
            }

            lines.Add(Row(mutant.Name, outcomes));
        }

        lines.Add(Row("caught", caught.Select(count => count.ToString(CultureInfo.InvariantCulture))));
        return new ModelComparison(lines);
    }

    private static string Row(string first, IEnumerable<string> others) => $"| {first} | {string.Join(" | ", others)} |";
}
