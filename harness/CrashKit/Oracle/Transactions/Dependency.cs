namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>One step of a cycle: a transaction, one that has to come after it, and why.</summary>
/// <param name="From">What comes before.</param>
/// <param name="To">What comes after.</param>
/// <param name="Kind">Why.</param>
/// <param name="Key">The key that shows it, or null for an order in time.</param>
/// <param name="Message">The reason in words.</param>
public sealed record Dependency(ObservedTransaction From, ObservedTransaction To, DependencyKind Kind, string? Key, string Message);
