using System.Diagnostics;
using System.Globalization;

namespace Persistence.CrashKit.Worker;

/// <summary>What is installed here: the packages of a Debian system, elsewhere the running processes. Names are used once.</summary>
internal static class Inventory
{
    private const string StatusFile = "/var/lib/dpkg/status";

    public static IReadOnlyList<KeyValuePair<string, string>> Read()
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        if (File.Exists(StatusFile))
            AddPackages(File.ReadLines(StatusFile), found);
        if (found.Count == 0)
            AddProcesses(found);
        return [.. found];
    }

    /// <summary>A paragraph for each package, with its fields at the beginning of lines.</summary>
    internal static void AddPackages(IEnumerable<string> lines, Dictionary<string, string> found)
    {
        string? name = null;
        foreach (string line in lines)
        {
            if (line.StartsWith("Package: ", StringComparison.Ordinal))
                name = line["Package: ".Length..];
            else if (name is not null && line.StartsWith("Version: ", StringComparison.Ordinal))
                found[name] = line["Version: ".Length..];
        }
    }

    private static void AddProcesses(Dictionary<string, string> found)
    {
        foreach (Process process in Process.GetProcesses())
        {
            using (process)
                found[process.ProcessName] = process.Id.ToString(CultureInfo.InvariantCulture);
        }
    }
}
