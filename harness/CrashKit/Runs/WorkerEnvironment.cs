using System.Globalization;

namespace Persistence.CrashKit.Runs;

/// <summary>What a worker finds in its environment.</summary>
internal static class WorkerEnvironment
{
    /// <summary>
    /// A .NET process puts the ends of its diagnostic pipes into the temporary directory, and takes them away when it ends: one that is
    /// killed leaves them. So it is not to have any.
    /// </summary>
    public static KeyValuePair<string, string> NoDiagnosticPipes { get; } = KeyValuePair.Create("DOTNET_EnableDiagnostics", "0");

    public static IReadOnlyDictionary<string, string> For(string directory, long seed, int epoch) => new Dictionary<string, string>([NoDiagnosticPipes])
    {
        ["CRASHKIT_DIR"] = directory,
        ["CRASHKIT_IN"] = "0",
        ["CRASHKIT_OUT"] = "1",
        ["CRASHKIT_SEED"] = seed.ToString(CultureInfo.InvariantCulture),
        ["CRASHKIT_EPOCH"] = epoch.ToString(CultureInfo.InvariantCulture),
    };
}
