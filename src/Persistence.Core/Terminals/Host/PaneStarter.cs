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
        return Start(start, pane, restores) with { MissingVariables = missing, IsRestoreCommand = restoreCommand is not null };
    }

    private StartedPane Start(PtyStart start, TerminalPane pane, bool restores)
    {
        string[] directories = [.. DirectoriesOf(pane, restores).Distinct()];
        for (int i = 0; ; i++)
        {
            try
            {
                return new StartedPane(context.Ptys.Spawn(start with { WorkingDirectory = directories[i] }), directories[i], IsDirectoryRestored: i == 0);
            }
            catch (PtySpawnException e) when (e.Fault == PtySpawnFault.DirectoryNotFound && i < directories.Length - 1)
            {
                // The next one.
            }
        }
    }

    /// <summary>Where it may start, best first.</summary>
    private IEnumerable<string> DirectoriesOf(TerminalPane pane, bool restores)
    {
        if (restores && pane.WorkingDirectory is string seen)
            yield return seen;
        yield return pane.Configuration.WorkingDirectory ?? context.CurrentDirectory;
        if (!restores)
            yield break;
        foreach (string home in HomeVariables.Select(name => context.Environment.GetValueOrDefault(name)).OfType<string>().Where(Path.IsPathFullyQualified))
            yield return home;
        yield return Path.GetPathRoot(context.CurrentDirectory) is { Length: > 0 } root ? root : "/";
    }
}
