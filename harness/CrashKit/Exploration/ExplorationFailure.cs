namespace Persistence.CrashKit.Exploration;

/// <summary>A case in which the store did not keep its promise.</summary>
/// <param name="Tier">Which kind of case.</param>
/// <param name="Case">How to get there: seed, workload, profile, what was done to the disk.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record ExplorationFailure(string Tier, string Case, string Message)
{
    /// <summary>The same case as small as it could be made, in words; or null.</summary>
    public string? Minimised { get; init; }

    /// <summary>Everything needed to see it again, or null.</summary>
    public byte[]? Replay { get; init; }
}
