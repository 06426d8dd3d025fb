namespace Persistence.Terminals.Pty.Posix;

/// <summary>
/// Finds a program, by the PATH of the environment it is given: <c>posix_spawnp</c> would take this process's. So it is also known before anything is opened which part of a start is wrong.
/// </summary>
internal static class ProgramSearch
{
    // Where there is no PATH: what the C library's own search takes.
    private const string DefaultPath = "/bin:/usr/bin";

    private const int MayExecute = 1;
    private const int Exists = 0;

    /// <summary>The program's absolute path.</summary>
    /// <exception cref="PtySpawnException">There is no such directory, no such program, or it may not be executed.</exception>
    public static string Find(PtyStart start)
    {
        if (!IsDirectory(start.WorkingDirectory))
            throw new PtySpawnException(PtySpawnFault.DirectoryNotFound, start);
        string[] candidates = [.. Candidates(start)];
        return candidates.FirstOrDefault(IsProgram)
            ?? throw new PtySpawnException(candidates.Any(IsThere) ? PtySpawnFault.ProgramNotExecutable : PtySpawnFault.ProgramNotFound, start);
    }

    /// <summary>Whether there is a directory that may be entered.</summary>
    public static bool IsDirectory(string path) => PosixCalls.Access(path + "/.", Exists) == 0;

    // From the working directory on, as it would be for the program itself; an empty entry of PATH means that directory.
    private static IEnumerable<string> Candidates(PtyStart start)
    {
        if (start.Command.Contains('/', StringComparison.Ordinal))
            return (string[])[Path.Combine(start.WorkingDirectory, start.Command)];
        string path = start.Environment.TryGetValue("PATH", out string? given) ? given : DefaultPath;
        return path.Split(':').Select(directory => Path.Combine(start.WorkingDirectory, directory, start.Command));
    }

    private static bool IsProgram(string path) => PosixCalls.Access(path, MayExecute) == 0 && !IsDirectory(path);

    private static bool IsThere(string path) => PosixCalls.Access(path, Exists) == 0;
}
