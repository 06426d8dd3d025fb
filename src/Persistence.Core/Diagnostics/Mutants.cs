#if MUTANTS
#pragma warning disable RS0030 // Compiled for the harness only: how its worker is told which mistake to make is the harness' business.

namespace Persistence.Diagnostics;

/// <summary>
/// Deliberate mistakes, one at a time, to prove that the harness finds them. This file and every block that asks it exist only
/// where MUTANTS is defined, which the shipped engine's project never does.
/// </summary>
internal static class Mutants
{
    /// <summary>Commits are acknowledged once they are sequenced; somebody else writes them later.</summary>
    public const string AckBeforeWrite = "ack-before-write";

    /// <summary>Frames are believed without looking at their checksums.</summary>
    public const string SkipChecksum = "skip-checksum";

    /// <summary>Replay comes back to the sealed segments after the newest one, and applies their records a second time.</summary>
    public const string ApplyTwice = "apply-twice";

    private static readonly string? Active = Environment.GetEnvironmentVariable("PERSISTENCE_MUTANT");

    public static bool Is(string name) => Active == name;
}
#endif
