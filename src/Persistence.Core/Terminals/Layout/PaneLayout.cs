namespace Persistence.Terminals;

/// <summary>The place of one pane.</summary>
/// <param name="Pane">The pane.</param>
public sealed record PaneLayout(PaneId Pane) : TerminalLayout
{
    /// <inheritdoc/>
    public override IReadOnlyList<PaneId> Panes => (PaneId[])[Pane];

    /// <inheritdoc/>
    public override int Depth => 1;

    /// <summary>The pane's number.</summary>
    public override string ToString() => Pane.ToString();
}
