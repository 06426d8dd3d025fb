namespace Persistence.CrashKit.Processes;

/// <summary>Finds programs as a shell does: a name without a directory is looked for in those PATH lists.</summary>
internal static class ProgramPath
{
    /// <returns>The file, or null when there is none.</returns>
    public static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return File.Exists(program) ? program : null;
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }
}
