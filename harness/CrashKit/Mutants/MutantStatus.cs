namespace Persistence.CrashKit.Mutants;

/// <summary>Whether a mutant can be caught.</summary>
public enum MutantStatus
{
    /// <summary>It is in the second compilation of the engine, and has to be caught.</summary>
    Active,

    /// <summary>No legal history of this engine tells it from the engine without it.</summary>
    Equivalent,

    /// <summary>What it would get wrong is not in the engine yet.</summary>
    Pending,
}
