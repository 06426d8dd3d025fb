namespace Persistence.CrashKit.Mutants;

/// <summary>How a mutant fared.</summary>
/// <param name="Mutant">Which.</param>
/// <param name="CaughtBy">The tiers that caught it, and how, in words.</param>
/// <param name="Elapsed">How long that took.</param>
internal sealed record MutantTrial(Mutant Mutant, IReadOnlyDictionary<MutantTier, string> CaughtBy, TimeSpan Elapsed)
{
    /// <summary>Whether the tier that has to catch it did.</summary>
    public bool IsCaught => CaughtBy.ContainsKey(Mutant.Tier);

    /// <summary>Whether it lived though it should not have.</summary>
    public bool Survived => Mutant.Status == MutantStatus.Active && !IsCaught;
}
