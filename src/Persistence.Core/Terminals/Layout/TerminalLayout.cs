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
}
