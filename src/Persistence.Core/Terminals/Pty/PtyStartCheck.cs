namespace Persistence.Terminals.Pty;

/// <summary>What no system can start: the caller's mistakes. No message has a value in it, which may be secret.</summary>
internal static class PtyStartCheck
{
    /// <summary>Refuses a start with parts that are missing, or that the system would take for something else.</summary>
    /// <exception cref="ArgumentException">It is one.</exception>
    public static void ThrowIfInvalid(PtyStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        Require(!string.IsNullOrEmpty(start.Command), "The command is empty.");
        RequireText(start.Command, "The command");
        RequireText(start.WorkingDirectory, "The working directory");
        Require(Path.IsPathFullyQualified(start.WorkingDirectory), $"The working directory '{start.WorkingDirectory}' is not an absolute path.");
        Require(start.Size != default, "The size is missing.");
        CheckArguments(start.Arguments);
        CheckEnvironment(start.Environment);
    }

    private static void CheckArguments(IReadOnlyList<string> arguments)
    {
        Require(arguments is not null, "The arguments are missing.");
        for (int index = 0; index < arguments!.Count; index++)
            RequireText(arguments[index], $"Argument {index + 1}");
    }

    private static void CheckEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        Require(environment is not null, "The environment is missing.");
        foreach ((string name, string value) in environment!)
        {
            RequireText(name, "A variable's name in the environment");
            Require(name.Length > 0 && !name.Contains('=', StringComparison.Ordinal), "A variable's name in the environment is empty or has '=' in it.");
            RequireText(value, $"The variable '{name}' of the environment");
        }
    }

    // A NUL character would end the text for the system, which would start something else.
    private static void RequireText(string? text, string what)
    {
        Require(text is not null, $"{what} is missing.");
        Require(!text!.Contains('\0', StringComparison.Ordinal), $"{what} has a NUL character in it.");
    }

    private static void Require(bool isMet, string message)
    {
        if (!isMet)
            throw new ArgumentException(message);
    }
}
