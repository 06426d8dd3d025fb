using System.Collections.Immutable;

namespace Persistence.Terminals;

/// <summary>The whole state of one moment. Immutable.</summary>
/// <param name="Tree">The hierarchy.</param>
/// <param name="Output">What is kept of each pane's output.</param>
internal sealed record TerminalVersion(TerminalTree Tree, ImmutableDictionary<PaneId, Scrollback> Output)
{
    public static TerminalVersion Empty { get; } = new(TerminalTree.Empty, ImmutableDictionary<PaneId, Scrollback>.Empty);
}
