namespace Persistence.Tests.Terminals.Pty;

/// <summary>What a process has open, by Linux's list of it.</summary>
internal static class OpenDescriptors
{
    private static readonly string[] s_kinds = ["/dev/pt", "anon_inode:", "pipe:"];

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

    /// <summary>Whether one of ours is closed when another program begins (O_CLOEXEC).</summary>
    public static bool IsClosedOnExec(int descriptor)
    {
        string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").First(static line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & 0x80000) != 0;
    }

    /// <summary>Those of ours that a terminal or a poller could have, without what earlier tests have only forgotten.</summary>
    public static HashSet<int> OfTerminalsAndPollers()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [.. Of(Environment.ProcessId).Where(static open => s_kinds.Any(kind => open.Value.StartsWith(kind, StringComparison.Ordinal))).Select(static open => open.Key)];
    }

    /// <summary>How many of ours have to do with terminals.</summary>
    public static int CountOfTerminals() => Of(Environment.ProcessId).Values.Count(static target =>
        target.StartsWith("/dev/pt", StringComparison.Ordinal) || target.Contains("pidfd", StringComparison.Ordinal));
}
