namespace Persistence.Root;

/// <summary>What was found in ROOT: the record to believe, and what was wrong with the rest.</summary>
/// <param name="Believed">The valid copy of the greatest generation, or null when no copy is valid.</param>
/// <param name="Other">The other slot's record, or null when it is lost: what it needs must not be removed.</param>
/// <param name="Defects">One sentence per damaged copy.</param>
/// <param name="Exists">Whether a ROOT file is there.</param>
public sealed record RootReading(RootRecord? Believed, RootRecord? Other, IReadOnlyList<string> Defects, bool Exists)
{
    /// <summary>
    /// The record to go by, or null. With a slot lost a newer generation may have been lost with it: then a clean close that the other
    /// one records may be history.
    /// </summary>
    public RootRecord? Trusted => Believed is null || Other is not null ? Believed : Believed with { Clean = false };

    /// <summary>The bytes of the believed copy, to be rewritten as they are.</summary>
    internal byte[]? BelievedPage { get; init; }
}
