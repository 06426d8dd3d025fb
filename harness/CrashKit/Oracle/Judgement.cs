namespace Persistence.CrashKit.Oracle;

/// <summary>What the oracle says about one recovered state.</summary>
/// <param name="Promised">State-changing operations the store had promised to keep.</param>
/// <param name="Recovered">State-changing operations that the state shows, or must hold because of what it shows.</param>
/// <param name="Discrepancies">The contradictions; none when the state is right.</param>
public sealed record Judgement(int Promised, int Recovered, IReadOnlyList<Discrepancy> Discrepancies)
{
    /// <summary>Whether the search for an explanation came to an end. When it did not, nothing is known: that is no pass.</summary>
    public bool IsDecided { get; init; } = true;

    /// <summary>Whether the state is one a crash may leave.</summary>
    public bool IsRight => Discrepancies.Count == 0;

    /// <summary>How many discrepancies of a kind there are.</summary>
    public int Count(DiscrepancyKind kind) => Discrepancies.Count(discrepancy => discrepancy.Kind == kind);
}
