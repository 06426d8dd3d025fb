using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Sessions that a command which takes patterns was given.</summary>
internal static class SessionSelection
{
    /// <summary>Those that one of the given stands for, in order of their ids.</summary>
    /// <exception cref="Persistence.Diagnostics.StoreException">SessionNotFound, unless it is a pattern.</exception>
    /// <exception cref="WalCommandException">PatternInvalid.</exception>
    public static IReadOnlyList<TerminalSession> Find(TerminalTree tree, TerminalSessionReference given)
    {
        if (given.Session is not null || !WildcardPattern.ContainsWildcardCharacters(given.Text))
            return (TerminalSession[])[given.Find(tree)];
        WildcardPattern pattern = Patterns.Compile(given.Text, WildcardOptions.IgnoreCase);
        return tree.Sessions.Values.Where(session => pattern.IsMatch(session.Name)).ToArray();
    }

    /// <summary>The windows that one of the given stands for: those of its sessions, or the window that it is the target of. Null: all.</summary>
    /// <exception cref="Persistence.Diagnostics.StoreException">SessionNotFound, WindowNotFound.</exception>
    public static IEnumerable<TerminalWindow> FindWindows(TerminalTree tree, TerminalSessionReference? given) => IsTarget(tree, given)
        ? (TerminalWindow[])[TerminalTargets.FindWindow(tree, given!.Text)]
        : SessionsOf(tree, given).SelectMany(session => tree.WindowsOf(session.Id));

    /// <summary>The panes that one of the given stands for: those of its sessions, of the window that it is the target of, or the pane. Null: all.</summary>
    /// <exception cref="Persistence.Diagnostics.StoreException">SessionNotFound, WindowNotFound, PaneNotFound.</exception>
    public static IEnumerable<TerminalPane> FindPanes(TerminalTree tree, TerminalSessionReference? given) => IsTarget(tree, given) && TerminalTargets.NamesPane(given!.Text)
        ? (TerminalPane[])[TerminalTargets.FindPane(tree, given.Text)]
        : FindWindows(tree, given).SelectMany(window => tree.PanesOf(window.Id));

    private static bool IsTarget(TerminalTree tree, TerminalSessionReference? given) =>
        given is { Session: null } && TerminalTargets.IsTarget(given.Text) && tree.FindSession(given.Text) is null;

    private static IEnumerable<TerminalSession> SessionsOf(TerminalTree tree, TerminalSessionReference? given) => given is null ? tree.Sessions.Values : Find(tree, given);
}
