namespace Persistence.CrashKit.Mutants;

/// <summary>Several ways of one tier to look for a mutant, one after the other until one finds it.</summary>
internal sealed class ChainedHunter(MutantTier tier, params IReadOnlyList<IMutantHunter> ways) : IMutantHunter
{
    public MutantTier Tier => tier;

    public string? Hunt(string mutant, long seed, CancellationToken stop) => ways.Select(way => way.Hunt(mutant, seed, stop)).FirstOrDefault(how => how is not null);
}
