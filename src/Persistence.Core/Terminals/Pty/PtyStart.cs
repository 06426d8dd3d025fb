namespace Persistence.Terminals.Pty;

/// <summary>A program to be started on a pseudo-terminal.</summary>
public sealed record PtyStart
{
    /// <summary>The program: a path, from <see cref="WorkingDirectory"/> on if it is relative, or a name that is looked for in the <c>PATH</c> of <see cref="Environment"/>. Without one Unix systems look in <c>/bin</c> and <c>/usr/bin</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, without the program's own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The directory it starts in: an absolute path.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>All of its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How large the terminal is.</summary>
    public TerminalSize Size { get; init; } = TerminalSize.Default;
}
