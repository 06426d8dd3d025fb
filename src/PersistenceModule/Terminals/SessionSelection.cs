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
            return [given.Find(tree)];
        WildcardPattern pattern = Patterns.Compile(given.Text, WildcardOptions.IgnoreCase);
        return [.. tree.Sessions.Values.Where(session => pattern.IsMatch(session.Name))];
    }
}
