namespace Persistence.CrashKit.Mutants;

/// <summary>A way that is known not to find some mutants, and is not tried on them: it would take the time of those that come after it.</summary>
internal sealed class SparingHunter(IMutantHunter way, params IReadOnlyList<string> spared) : IMutantHunter
{
    public MutantTier Tier => way.Tier;

    public string? Hunt(string mutant, long seed, CancellationToken stop) => spared.Contains(mutant) ? null : way.Hunt(mutant, seed, stop);
}
