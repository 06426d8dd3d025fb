using System.Globalization;

namespace Persistence.CrashKit.Runs;

/// <summary>What a worker finds in its environment.</summary>
internal static class WorkerEnvironment
{
    public static IReadOnlyDictionary<string, string> For(string directory, long seed, int epoch) => new Dictionary<string, string>
    {
        ["CRASHKIT_DIR"] = directory,
        ["CRASHKIT_IN"] = "0",
        ["CRASHKIT_OUT"] = "1",
        ["CRASHKIT_SEED"] = seed.ToString(CultureInfo.InvariantCulture),
        ["CRASHKIT_EPOCH"] = epoch.ToString(CultureInfo.InvariantCulture),
    };
}
