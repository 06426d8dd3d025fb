namespace Persistence.Terminals;

/// <summary>What a program finds in its environment.</summary>
internal static class PaneEnvironment
{
    private const string Terminal = "TERM";
    private const string DefaultTerminal = "xterm-256color";

    // They tell of the terminal of the host, which is not the program's.
    private static readonly string[] OfAnotherTerminal = ["COLUMNS", "LINES", "TERMCAP", "WINDOWID"];

    /// <summary>Puts it together: what is inherited, what the session says, what the pane says, each over what comes before.</summary>
    /// <param name="context">What is inherited.</param>
    /// <param name="session">The session.</param>
    /// <param name="pane">The pane.</param>
    /// <param name="secrets">Values that are withheld, as far as they are known.</param>
    /// <param name="missing">Names of variables whose values are withheld and not known.</param>
    public static Dictionary<string, string> Build(PaneHostContext context, TerminalSession session, TerminalPane pane, KnownSecrets secrets, out IReadOnlyList<string> missing)
    {
        Dictionary<string, string> environment = new(context.Environment, context.IgnoresCaseOfVariables ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (string name in OfAnotherTerminal)
            environment.Remove(name);
        // Unix lets a process have it; no program could be started with it.
        environment.Remove("");
        if (environment.GetValueOrDefault(Terminal) is null or "" or "dumb" or "unknown")
            environment[Terminal] = DefaultTerminal;
        List<string> unknown = [];
        foreach (EnvironmentEntry entry in session.Environment.Values)
            Apply(environment, entry, secrets.OfSession, unknown);
        foreach (EnvironmentEntry entry in pane.Configuration.Environment)
            Apply(environment, entry, secrets.OfPane, unknown);
        missing = unknown;
        return environment;
    }

    private static void Apply(Dictionary<string, string> environment, EnvironmentEntry entry, IReadOnlyDictionary<string, string> secrets, List<string> unknown)
    {
        unknown.Remove(entry.Name);
        string? value = entry.Kind == EnvironmentEntryKind.Withheld ? secrets.GetValueOrDefault(entry.Name) : entry.Value;
        if (value is not null)
            environment[entry.Name] = value;
        else
            environment.Remove(entry.Name);
        if (entry.Kind == EnvironmentEntryKind.Withheld && value is null)
            unknown.Add(entry.Name);
    }
}
