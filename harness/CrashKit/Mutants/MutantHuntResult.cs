using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Mutants;

/// <summary>How all mutants fared.</summary>
internal sealed record MutantHuntResult(IReadOnlyList<MutantTrial> Trials, MutantHuntOptions Options, TimeSpan Elapsed, bool WasInterrupted)
{
    public int Caught => Trials.Count(trial => trial.IsCaught);

    public int Survived => Trials.Count(trial => trial.Survived);

    public int Equivalent => Count(MutantStatus.Equivalent);

    public int Pending => Count(MutantStatus.Pending);

    /// <summary>
    /// Tiers without a mutant of their own: one that they have to catch and did; where every tier was tried, one that no other did. Looked for only
    /// where all mutants were tried to the end.
    /// </summary>
    public IReadOnlyList<MutantTier> TiersWithout => WasInterrupted || Options.Mutants.Count < MutantCatalog.All.Count
        ? []
        : [.. Enum.GetValues<MutantTier>().Where(tier => !Trials.Any(trial => IsOwn(trial, tier)))];

    public KillRunVerdict Verdict =>
        WasInterrupted ? KillRunVerdict.CouldNotRun : Survived > 0 || TiersWithout.Count > 0 ? KillRunVerdict.Convicted : KillRunVerdict.Passed;

    private bool IsOwn(MutantTrial trial, MutantTier tier) => trial.Mutant.Tier == tier && trial.IsCaught && (!Options.AllTiers || trial.CaughtBy.Count == 1);

    private int Count(MutantStatus status) => Trials.Count(trial => trial.Mutant.Status == status);
}
