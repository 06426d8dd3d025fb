namespace Persistence.CrashKit.Runs;

/// <summary>The mistakes a mutant engine can be told to make that kills alone reveal.</summary>
internal static class MutantNames
{
    /// <summary>The variable that tells a mutant engine which one.</summary>
    public const string Variable = "PERSISTENCE_MUTANT";

    /// <summary>The kill tier's canaries.</summary>
    public static IReadOnlyList<string> OfKillTier { get; } = ["ack-before-write", "skip-checksum", "apply-twice", "conflict-not-detected"];
}
