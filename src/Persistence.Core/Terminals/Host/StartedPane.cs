using Persistence.Terminals.Pty;

namespace Persistence.Terminals;

/// <summary>A program that was started for a pane.</summary>
/// <param name="Pty">Its terminal.</param>
/// <param name="Directory">Where it started.</param>
/// <param name="IsDirectoryRestored">Whether that is where it was to.</param>
internal sealed record StartedPane(IPty Pty, string Directory, bool IsDirectoryRestored)
{
    /// <summary>Names of variables whose values are withheld and not known.</summary>
    public IReadOnlyList<string> MissingVariables { get; init; } = [];
}
