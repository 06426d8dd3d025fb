namespace Persistence.Terminals;

/// <summary>What runs in a pane, and how: all that is needed to start it again. Immutable; checked when it is made.</summary>
/// <exception cref="ArgumentException">From a setter: text that is too long, is not valid, or has NUL.</exception>
public sealed record PaneConfiguration
{
    private const int ItemsMax = 65_536;

    private readonly string _command = "";
    private readonly string[] _arguments = [];
    private readonly EnvironmentEntry[] _environment = [];
    private readonly string? _workingDirectory;
    private readonly PaneCommand? _restoreCommand;

    /// <summary>The program: a path, from <see cref="WorkingDirectory"/> on if it is relative, or a name that is looked for in <c>PATH</c>.</summary>
    public required string Command { get => _command; init => _command = TerminalText.RequirePath(value, "command"); }

    /// <summary>Its arguments, without the program's own name.</summary>
    public IReadOnlyList<string> Arguments { get => _arguments; init => _arguments = RequireArguments(value); }

    /// <summary>The directory it starts in, an absolute path (nothing can be started in another); null: that of the process which starts it.</summary>
    public string? WorkingDirectory { get => _workingDirectory; init => _workingDirectory = value is null ? null : TerminalText.RequirePath(value, "working directory"); }

    /// <summary>What its environment has, and has not, beside what the session says and what is inherited. The last word on a variable counts.</summary>
    public IReadOnlyList<EnvironmentEntry> Environment
    {
        get => _environment;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            RequireCount(value.Count);
            _environment = [.. value.Select(static entry => entry ?? throw new ArgumentException("An entry is null."))];
        }
    }

    /// <summary>What is started instead when the pane is restored; null: the same.</summary>
    public PaneCommand? RestoreCommand
    {
        get => _restoreCommand;
        init => _restoreCommand = value is null ? null : new PaneCommand(TerminalText.RequirePath(value.Command, "restore command"), RequireArguments(value.Arguments));
    }

    /// <summary>How much of its output is kept; null: as much as of every pane.</summary>
    public ScrollbackLimits? Scrollback { get; init; }

    private static string[] RequireArguments(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        RequireCount(arguments.Count);
        return [.. arguments.Select(static argument => TerminalText.RequireValue(argument, TerminalText.ValueCharsMax, "argument"))];
    }

    private static void RequireCount(int count)
    {
        if (count > ItemsMax)
            throw new ArgumentException($"There are {count} of them; at most {ItemsMax} are possible.");
    }
}
