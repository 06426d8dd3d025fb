namespace PersistenceModule;

/// <summary>What runs in a pane when nobody says what.</summary>
internal static class DefaultShell
{
    /// <summary>The user's shell: <c>SHELL</c>, else /bin/sh; on Windows pwsh where it is found, else the command interpreter.</summary>
    public static string Find()
    {
        if (!OperatingSystem.IsWindows())
            return Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } shell ? shell : "/bin/sh";
        return FindInPath("pwsh.exe") ?? Environment.GetEnvironmentVariable("COMSPEC") ?? "cmd.exe";
    }

    private static string? FindInPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
