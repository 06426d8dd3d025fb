using System.Numerics;

namespace Persistence.Terminals;

/// <summary>Shares a split's place in another way.</summary>
internal static class LayoutShares
{
    /// <summary>Gives a pane a share in the innermost split of a direction that has it.</summary>
    /// <returns>Null when there is none.</returns>
    public static TerminalLayout? Give(TerminalLayout layout, PaneId pane, SplitDirection direction, int percent)
    {
        if (layout is not SplitLayout split || split.Parts.FirstOrDefault(part => part.Layout.Panes.Contains(pane)) is not LayoutPart part)
            return null;
        if (Give(part.Layout, pane, direction, percent) is TerminalLayout within)
            return new SplitLayout(split.Direction, split.Parts.Select(one => ReferenceEquals(one, part) ? new LayoutPart(within, one.Weight) : one).ToArray());
        return split.Direction == direction ? new SplitLayout(direction, Weigh(split.Parts, part, percent)) : null;
    }

    private static LayoutPart[] Weigh(IReadOnlyList<LayoutPart> parts, LayoutPart chosen, int percent)
    {
        long others = parts.Where(part => !ReferenceEquals(part, chosen)).Sum(static part => (long)part.Weight);
        long[] weights = [.. parts.Select(part => ReferenceEquals(part, chosen) ? percent * others : (100L - percent) * part.Weight)];
        long divisor = weights.Aggregate(static (left, right) => (long)BigInteger.GreatestCommonDivisor(left, right));
        double scale = Math.Min(1, LayoutPart.WeightMax / ((double)weights.Max() / divisor));
        return [.. parts.Zip(weights, (part, weight) => new LayoutPart(part.Layout, (int)Math.Clamp(Math.Round(weight / divisor * scale), 1, LayoutPart.WeightMax)))];
    }
}
