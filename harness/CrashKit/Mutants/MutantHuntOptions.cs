namespace Persistence.CrashKit.Mutants;

/// <summary>How mutants are tried.</summary>
internal sealed record MutantHuntOptions
{
    /// <summary>Where everything random comes from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Which ones.</summary>
    public IReadOnlyList<Mutant> Mutants { get; init; } = MutantCatalog.All;

    /// <summary>Against every tier, not only the one that has to catch it.</summary>
    public bool AllTiers { get; init; }

    /// <summary>How long one tier tries one mutant.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(20);
}
