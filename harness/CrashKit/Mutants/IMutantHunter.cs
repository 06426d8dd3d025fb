namespace Persistence.CrashKit.Mutants;

/// <summary>A tier of the harness, as far as it can be tried against a mutant.</summary>
internal interface IMutantHunter
{
    /// <summary>Which tier.</summary>
    MutantTier Tier { get; }

    /// <summary>Looks for a broken promise of the engine with a mistake.</summary>
    /// <param name="mutant">The mistake's name.</param>
    /// <param name="seed">Where everything random comes from.</param>
    /// <param name="stop">When to give up.</param>
    /// <returns>What caught it, in words, or null.</returns>
    string? Hunt(string mutant, long seed, CancellationToken stop);
}
