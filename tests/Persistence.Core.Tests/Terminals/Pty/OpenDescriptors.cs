namespace Persistence.Tests.Terminals.Pty;

/// <summary>What a process has open, by Linux's list of it.</summary>
internal static class OpenDescriptors
{
    /// <summary>Number and target of each.</summary>
    public static IReadOnlyDictionary<int, string> Of(int processId)
    {
        Dictionary<int, string> found = [];
        foreach (string path in Directory.GetFiles($"/proc/{processId}/fd"))
        {
            // The list's own descriptor is gone when it is looked at.
            if (new FileInfo(path).LinkTarget is { } target && !target.StartsWith($"/proc/{processId}/", StringComparison.Ordinal))
                found.Add(int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture), target);
        }
        return found;
    }

    /// <summary>How many of ours have to do with terminals.</summary>
    public static int CountOfTerminals() => Of(Environment.ProcessId).Values.Count(static target =>
        target.StartsWith("/dev/pt", StringComparison.Ordinal) || target.Contains("pidfd", StringComparison.Ordinal));
}
