namespace Persistence.CrashKit.Runs;

/// <summary>The mistakes a mutant engine can be told to make that kills alone reveal.</summary>
internal static class MutantNames
{
    /// <summary>The variable that tells a mutant engine which one.</summary>
    public const string Variable = "PERSISTENCE_MUTANT";

    /// <summary>No engine's mistake: a host of terminals wrapped so that it acknowledges before it has logged.</summary>
    public const string EagerHost = "eager-host";

    /// <summary>The canaries of hosts of terminals.</summary>
    public static IReadOnlyList<string> OfTerminals { get; } = [EagerHost, "ack-before-write", "apply-twice"];

    /// <summary>The kill tier's canaries.</summary>
    public static IReadOnlyList<string> OfKillTier { get; } = ["ack-before-write", "skip-checksum", "apply-twice", "conflict-not-detected"];
}
