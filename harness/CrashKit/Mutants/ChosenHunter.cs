namespace Persistence.CrashKit.Mutants;

/// <summary>A way that alone finds some mutants, and is tried on no others.</summary>
internal sealed class ChosenHunter(IMutantHunter way, params IReadOnlyList<string> chosen) : IMutantHunter
{
    public MutantTier Tier => way.Tier;

    public string? Hunt(string mutant, long seed, CancellationToken stop) => chosen.Contains(mutant) ? way.Hunt(mutant, seed, stop) : null;
}
