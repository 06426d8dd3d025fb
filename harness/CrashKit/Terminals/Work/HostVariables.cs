namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Variables that requests are about. All hosts have them, so that one which is removed, or whose value is withheld, is seen not to be inherited.</summary>
internal static class HostVariables
{
    public const string Inherited = "inherited";

    /// <summary>By its name a secret: its value is not kept.</summary>
    public const string Secret = "CRASH_PASSWORD";

    public static IReadOnlyList<string> Names { get; } = ["CRASH_A", "CRASH_B", "CRASH_C", Secret];

    /// <summary>What a host finds.</summary>
    public static IEnumerable<KeyValuePair<string, string>> All => Names.Select(static name => KeyValuePair.Create(name, Inherited));
}
