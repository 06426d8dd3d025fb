namespace Persistence.CrashKit.Mutants;

/// <summary>A deliberate mistake in the engine, against which the harness is measured.</summary>
/// <param name="Id">Its number, fixed.</param>
/// <param name="Name">Its name, fixed: what the engine is told to get it wrong.</param>
/// <param name="Tier">Who has to catch it.</param>
/// <param name="Status">Whether it can be caught.</param>
/// <param name="Mistake">What the engine with it does.</param>
/// <param name="Reason">Why it cannot be caught, or what it waits for; null when it can.</param>
public sealed record Mutant(int Id, string Name, MutantTier Tier, MutantStatus Status, string Mistake, string? Reason);
