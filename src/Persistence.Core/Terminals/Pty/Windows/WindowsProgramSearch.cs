namespace Persistence.Terminals.Pty.Windows;

/// <summary>
/// Finds a program by the PATH of the environment it is given: <c>CreateProcessW</c> would take this process's, and this process's directory. Only programs, not batch files: those are read by a command
/// interpreter that takes arguments apart in a way of its own, so that it is to be started by name (<c>cmd.exe /c</c>).
/// </summary>
/// <param name="isFile">Whether there is a file of that path.</param>
/// <param name="isDirectory">Whether there is a directory of that path.</param>
internal sealed class WindowsProgramSearch(Func<string, bool> isFile, Func<string, bool> isDirectory)
{
    private static readonly string[] Extensions = [".exe", ".com"];

    /// <summary>The program's absolute path.</summary>
    /// <exception cref="PtySpawnException">There is no such directory, no such program, or it is a batch file.</exception>
    public string Find(PtyStart start)
    {
        if (!isDirectory(start.WorkingDirectory))
            throw new PtySpawnException(PtySpawnFault.DirectoryNotFound, start);
        string path = Candidates(start).SelectMany(WithExtensions).FirstOrDefault(isFile) ?? throw new PtySpawnException(PtySpawnFault.ProgramNotFound, start);
        return HasExtension(path, ".bat") || HasExtension(path, ".cmd")
            ? throw new PtySpawnException(PtySpawnFault.ProgramNotExecutable, start, "it is a batch file: start it by cmd.exe /c")
            : path;
    }

    private static IEnumerable<string> Candidates(PtyStart start)
    {
        if (start.Command.AsSpan().IndexOfAny("/\\:") >= 0)
            return (string[])[Path.Combine(start.WorkingDirectory, start.Command)];
        string path = start.Environment.FirstOrDefault(static variable => string.Equals(variable.Key, "PATH", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        return path.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(directory => Path.Combine(start.WorkingDirectory, directory.Trim('"'), start.Command));
    }

    private static IEnumerable<string> WithExtensions(string path) =>
        Path.HasExtension(path) ? (string[])[path, .. Extensions.Select(extension => path + extension)] : Extensions.Select(extension => path + extension);

    private static bool HasExtension(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
