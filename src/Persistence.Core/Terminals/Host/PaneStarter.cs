using Persistence.Diagnostics;
using Persistence.Terminals.Pty;

namespace Persistence.Terminals;

/// <summary>Starts programs: what, where, and in which environment.</summary>
internal sealed class PaneStarter(PaneHostContext context)
{
    private static readonly string[] HomeVariables = ["HOME", "USERPROFILE"];

    /// <summary>Starts what a pane is for.</summary>
    /// <param name="tree">The hierarchy.</param>
    /// <param name="pane">The pane.</param>
    /// <param name="secrets">Values of variables that are withheld.</param>
    /// <param name="restores">Whether it goes on where it was: by its restore command, where it was last seen; a directory that is gone is no obstacle then.</param>
    /// <exception cref="StoreException">PtySpawnFailed.</exception>
    public StartedPane Start(TerminalTree tree, TerminalPane pane, KnownSecrets secrets, bool restores)
    {
        TerminalSession session = tree.GetSession(tree.GetWindow(pane.Window).Session);
        PaneCommand? restoreCommand = restores ? pane.Configuration.RestoreCommand : null;
        PtyStart start = new()
        {
            Command = restoreCommand?.Command ?? pane.Configuration.Command,
            Arguments = restoreCommand?.Arguments ?? pane.Configuration.Arguments,
            WorkingDirectory = "",
            Environment = PaneEnvironment.Build(context, session, pane, secrets, out IReadOnlyList<string> missing),
            Size = pane.Size,
        };
        return Start(start, DirectoriesOf(pane, restores), HomeOf(pane)) with { MissingVariables = missing };
    }

    private StartedPane Start(PtyStart start, IEnumerable<string> candidates, string home)
    {
        string[] directories = [.. candidates.Distinct()];
        for (int i = 0; ; i++)
        {
            try
            {
                PtyStart there = start with { WorkingDirectory = directories[i], Command = directories[i] == home ? start.Command : Locate(start.Command, home) };
                return new StartedPane(Spawn(there), directories[i], IsDirectoryRestored: i == 0);
            }
            catch (PtySpawnException e) when (e.Fault == PtySpawnFault.DirectoryNotFound && i < directories.Length - 1)
            {
                // The next one.
            }
        }
    }

    /// <summary>A directory of another system, where the store may come from, is nowhere on this one.</summary>
    private IPty Spawn(PtyStart start) => Path.IsPathFullyQualified(start.WorkingDirectory)
        ? context.Ptys.Spawn(start)
        : throw new PtySpawnException(PtySpawnFault.DirectoryNotFound, start, "it is not an absolute path of this system");

    /// <summary>A path that is not absolute goes from where the pane is to start, wherever its program went from there.</summary>
    private static string Locate(string command, string home) =>
        command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || command.Contains(Path.AltDirectorySeparatorChar, StringComparison.Ordinal) ? Path.Combine(home, command) : command;

    /// <summary>Where its program is to start.</summary>
    private string HomeOf(TerminalPane pane) => pane.Configuration.WorkingDirectory ?? context.CurrentDirectory;

    /// <summary>Where it may start, best first.</summary>
    private IEnumerable<string> DirectoriesOf(TerminalPane pane, bool restores)
    {
        if (restores && pane.WorkingDirectory is string seen)
            yield return seen;
        yield return HomeOf(pane);
        if (!restores)
            yield break;
        foreach (string home in HomeVariables.Select(name => context.Environment.GetValueOrDefault(name)).OfType<string>().Where(Path.IsPathFullyQualified))
            yield return home;
        yield return Path.GetPathRoot(context.CurrentDirectory) is { Length: > 0 } root ? root : "/";
    }
}
