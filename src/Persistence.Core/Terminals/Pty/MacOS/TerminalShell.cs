namespace Persistence.Terminals.Pty.MacOS;

/// <summary>
/// A shell that opens a terminal as the first thing it does, which makes it the controlling terminal of the session it leads, and then becomes the program. It is <c>dash</c>, which changes the least of the
/// environment: it leaves out variables that no shell could have, and keeps PWD only where it was given, and right.
/// </summary>
internal static class TerminalShell
{
    /// <summary>The shell.</summary>
    public const string Path = "/bin/dash";

    private const string Script = """exec <>"$0" >&0 2>&0; exec "$@" """;
    private const string WithoutDirectory = "unset PWD; ";

    /// <summary>Its arguments, its own name first.</summary>
    /// <param name="path">The program's absolute path.</param>
    /// <param name="start">What is to be started.</param>
    /// <param name="slaveName">The terminal.</param>
    public static string[] Arguments(string path, PtyStart start, string slaveName)
    {
        string script = start.Environment.ContainsKey("PWD") ? Script : WithoutDirectory + Script;
        return [Path, "-c", script, slaveName, path, .. start.Arguments];
    }
}
