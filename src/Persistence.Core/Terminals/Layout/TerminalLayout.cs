namespace Persistence.Terminals;

/// <summary>How the panes of a window share its place: one pane, or a split of two parts or more that are layouts again. Immutable; equal if the same.</summary>
public abstract record TerminalLayout
{
    /// <summary>How deep splits may be nested: <see cref="Depth"/> is not more.</summary>
    public const int DepthMax = 64;

    private protected TerminalLayout()
    {
    }

    /// <summary>All panes, from left to right and from top to bottom.</summary>
    public abstract IReadOnlyList<PaneId> Panes { get; }

    /// <summary>How deep splits are nested: 1 for a single pane.</summary>
    public abstract int Depth { get; }

    /// <summary>One pane.</summary>
    public static TerminalLayout Of(PaneId pane) => new PaneLayout(pane);

    /// <summary>A split.</summary>
    /// <exception cref="ArgumentException">There are fewer than two parts, or splits are nested deeper than <see cref="DepthMax"/>.</exception>
    public static TerminalLayout Split(SplitDirection direction, params IReadOnlyList<LayoutPart> parts) => new SplitLayout(direction, parts);

    /// <summary>With another share for a pane: of the width, or of the height, that the innermost split which divides it gives to it and to what is beside it. That shares the rest as before.</summary>
    /// <param name="pane">The pane.</param>
    /// <param name="direction">Which splits: side by side for a share of the width.</param>
    /// <param name="percent">Its share, 1 to 99.</param>
    /// <returns>Null when no such split has the pane: it takes the whole width, or height.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is less, or more.</exception>
    public TerminalLayout? WithShare(PaneId pane, SplitDirection direction, int percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 99);
        return LayoutShares.Give(this, pane, direction, percent);
    }
}
