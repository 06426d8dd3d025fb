using Persistence.Diagnostics;

namespace Persistence.Terminals;

/// <summary>Makes a layout out of another.</summary>
internal static class LayoutEditor
{
    /// <summary>Puts a pane beside another, into the place that one had.</summary>
    /// <exception cref="StoreException">LayoutInvalid: splits would be nested too deep.</exception>
    public static TerminalLayout Divide(TerminalLayout layout, PaneId target, PaneId pane, PanePlacement placement) => DivideIn(layout, TerminalLayout.DepthMax, target, pane, placement);

    /// <summary>Takes a pane out; what is beside it gets its place.</summary>
    /// <returns>Null when nothing is left.</returns>
    public static TerminalLayout? Remove(TerminalLayout layout, PaneId pane)
    {
        if (layout is not SplitLayout split)
            return layout is PaneLayout leaf && leaf.Pane == pane ? null : layout;
        if (!split.Panes.Contains(pane))
            return split;
        LayoutPart[] left = [.. split.Parts.Select(part => RemoveIn(part, pane)).OfType<LayoutPart>()];
        return left.Length == 1 ? left[0].Layout : new SplitLayout(split.Direction, left);
    }

    /// <summary>A layout that is to be a window's.</summary>
    /// <exception cref="StoreException">LayoutInvalid: it is not of just those panes.</exception>
    public static void Require(TerminalLayout? layout, IReadOnlyCollection<PaneId> panes)
    {
        IReadOnlyList<PaneId> listed = layout?.Panes ?? [];
        if (listed.Count != panes.Count || !listed.ToHashSet().SetEquals(panes))
            throw new StoreException(StoreError.LayoutInvalid, $"The layout has the panes {string.Join(", ", listed)}, and the window the panes {string.Join(", ", panes)}: each has one place.");
    }

    private static LayoutPart? RemoveIn(LayoutPart part, PaneId pane) => Remove(part.Layout, pane) is TerminalLayout left ? Replace(part, left) : null;

    private static LayoutPart Replace(LayoutPart part, TerminalLayout layout) => ReferenceEquals(layout, part.Layout) ? part : new LayoutPart(layout, part.Weight);

    // depthLeft: how deep the layout may be.
    private static TerminalLayout DivideIn(TerminalLayout layout, int depthLeft, PaneId target, PaneId pane, PanePlacement placement)
    {
        if (layout is not SplitLayout split)
            return layout is PaneLayout leaf && leaf.Pane == target ? Halve(depthLeft, target, pane, placement) : layout;
        if (!split.Panes.Contains(target))
            return split;
        List<LayoutPart> parts = [];
        foreach (LayoutPart part in split.Parts)
        {
            if (split.Direction == placement.Direction && placement.Percent is null && part.Layout is PaneLayout beside && beside.Pane == target)
                parts.AddRange(InOrder(part, new LayoutPart(TerminalLayout.Of(pane), part.Weight), placement));
            else
                parts.Add(Replace(part, DivideIn(part.Layout, depthLeft - 1, target, pane, placement)));
        }

        return new SplitLayout(split.Direction, parts);
    }

    private static SplitLayout Halve(int depthLeft, PaneId target, PaneId pane, PanePlacement placement)
    {
        if (depthLeft < 2)
            throw new StoreException(StoreError.LayoutInvalid, $"Splits would be nested deeper than {TerminalLayout.DepthMax}. Give the window another layout first.");
        LayoutPart old = new(TerminalLayout.Of(target), placement.Percent is int taken ? 100 - taken : 1);
        return new SplitLayout(placement.Direction, InOrder(old, new LayoutPart(TerminalLayout.Of(pane), placement.Percent ?? 1), placement));
    }

    private static LayoutPart[] InOrder(LayoutPart old, LayoutPart added, PanePlacement placement) => placement.IsBefore ? [added, old] : [old, added];
}
