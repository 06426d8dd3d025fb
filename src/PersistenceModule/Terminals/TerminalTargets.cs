using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>
/// Names of sessions, windows and panes as people write them: <c>session</c>, <c>session:window</c> and <c>session:window.pane</c>, the latter two by their indexes. What is left out is the active one.
/// </summary>
internal static partial class TerminalTargets
{
    public static string Of(string session, int window) => string.Create(CultureInfo.InvariantCulture, $"{session}:{window}");

    public static string Of(string session, int window, int pane) => string.Create(CultureInfo.InvariantCulture, $"{session}:{window}.{pane}");

    /// <exception cref="StoreException">SessionNotFound.</exception>
    public static TerminalSession FindSession(TerminalTree tree, string name) => TryFindSession(tree, name) ?? throw NoSession(name);

    /// <exception cref="StoreException">SessionNotFound, WindowNotFound.</exception>
    public static TerminalWindow FindWindow(TerminalTree tree, string target)
    {
        if (TryFindSession(tree, target) is TerminalSession whole)
            return ActiveWindowOf(tree, whole);
        Match parts = Parts().Match(target);
        return parts.Success && !parts.Groups["pane"].Success ? FindWindow(tree, parts) : throw NoSession(target);
    }

    /// <summary>The window that a session or a window stands for; null for a text that reads like a pane's.</summary>
    /// <exception cref="StoreException">SessionNotFound, WindowNotFound.</exception>
    public static TerminalWindow? TryFindWholeWindow(TerminalTree tree, string target) =>
        NamesPane(target) && TryFindSession(tree, target) is null ? null : FindWindow(tree, target);

    /// <exception cref="StoreException">SessionNotFound, WindowNotFound, PaneNotFound.</exception>
    public static TerminalPane FindPane(TerminalTree tree, string target)
    {
        if (TryFindSession(tree, target) is TerminalSession whole)
            return ActivePaneOf(tree, ActiveWindowOf(tree, whole));
        Match parts = Parts().Match(target);
        if (!parts.Success)
            throw NoSession(target);
        TerminalWindow window = FindWindow(tree, parts);
        if (!parts.Groups["pane"].Success)
            return ActivePaneOf(tree, window);
        return ToIndex(parts.Groups["pane"]) is int index && index < window.Panes.Count
            ? tree.GetPane(window.Panes[index])
            : throw new StoreException(StoreError.PaneNotFound, $"There is no terminal pane '{target}': the window has {window.Panes.Count}.");
    }

    /// <summary>Whether a text reads like that of a window or a pane, and not like the name of a session alone.</summary>
    public static bool IsTarget(string text) => Parts().IsMatch(text);

    /// <summary>Whether it reads like that of a pane.</summary>
    public static bool NamesPane(string text) => Parts().Match(text).Groups["pane"].Success;

    /// <exception cref="StoreException">WindowNotFound: there is none.</exception>
    public static TerminalWindow ActiveWindowOf(TerminalTree tree, TerminalSession session) => session.ActiveWindow == WindowId.None
        ? throw new StoreException(StoreError.WindowNotFound, $"The terminal session '{session.Name}' has no windows.")
        : tree.GetWindow(session.ActiveWindow);

    /// <exception cref="StoreException">PaneNotFound: there is none.</exception>
    public static TerminalPane ActivePaneOf(TerminalTree tree, TerminalWindow window) => window.ActivePane == PaneId.None
        ? throw new StoreException(StoreError.PaneNotFound, $"The terminal window '{Of(tree.GetSession(window.Session).Name, window.Index)}' has no panes.")
        : tree.GetPane(window.ActivePane);

    /// <summary>The number that a text is, or null.</summary>
    public static long? ToNumber(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static TerminalWindow FindWindow(TerminalTree tree, Match parts)
    {
        TerminalSession session = FindSession(tree, parts.Groups["session"].Value);
        Group window = parts.Groups["window"];
        if (window.Length == 0)
            return ActiveWindowOf(tree, session);
        return ToIndex(window) is int index && session.Windows.TryGetValue(index, out WindowId id)
            ? tree.GetWindow(id)
            : throw new StoreException(StoreError.WindowNotFound, $"There is no terminal window '{parts.Groups["session"].Value}:{window.Value}'.");
    }

    /// <summary>Completion escapes wildcards, also where a name is taken as it is.</summary>
    private static TerminalSession? TryFindSession(TerminalTree tree, string name) =>
        tree.FindSession(name) ?? (name.Contains('`', StringComparison.Ordinal) ? tree.FindSession(WildcardPattern.Unescape(name)) : null);

    private static int? ToIndex(Group digits) => int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : null;

    private static StoreException NoSession(string name) => new(StoreError.SessionNotFound, $"There is no terminal session '{name}'.{Hint(name)}");

    private static string Hint(string name)
    {
        if (WildcardPattern.ContainsWildcardCharacters(name))
            return " It is taken as it is, not as a pattern; to use one, pipe what Get-TerminalSession finds into the command.";
        return name.All(char.IsAsciiDigit) ? " A number is a name here, too; the commands that list things take their numbers as -Id." : "";
    }

    [GeneratedRegex(@"^(?<session>.+):(?<window>\d*)(\.(?<pane>\d+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Parts();
}
