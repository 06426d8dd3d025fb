namespace Persistence.Terminals;

/// <summary>A program and its arguments.</summary>
/// <param name="Command">The program: a path, or a name that is looked for in <c>PATH</c>.</param>
/// <param name="Arguments">Its arguments, without the program's own name.</param>
public sealed record PaneCommand(string Command, IReadOnlyList<string> Arguments)
{
    /// <summary>A program without arguments.</summary>
    public PaneCommand(string command)
        : this(command, [])
    {
    }
}
