namespace Persistence.Terminals;

/// <summary>Gives each pane of a layout its cells.</summary>
public static class LayoutArranger
{
    /// <summary>Divides a window's place among its panes by their weights. Where that is no whole number of cells, the first ones get more.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="size">The window's size.</param>
    /// <param name="borderCells">Cells between two parts, 0 or more.</param>
    /// <returns>Each pane's place. Where there are fewer cells than parts, the last ones get none.</returns>
    public static IReadOnlyDictionary<PaneId, PaneRectangle> Arrange(TerminalLayout layout, TerminalSize size, int borderCells = 1)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfNegative(borderCells);
        Dictionary<PaneId, PaneRectangle> places = [];
        Place(layout, new PaneRectangle(0, 0, size.Columns, size.Rows), borderCells, places);
        return places;
    }

    private static void Place(TerminalLayout layout, PaneRectangle room, int borderCells, Dictionary<PaneId, PaneRectangle> places)
    {
        if (layout is PaneLayout leaf)
            places[leaf.Pane] = room;
        else if (layout is SplitLayout split)
            PlaceParts(split, room, borderCells, places);
    }

    private static void PlaceParts(SplitLayout split, PaneRectangle room, int borderCells, Dictionary<PaneId, PaneRectangle> places)
    {
        bool sideBySide = split.Direction == SplitDirection.SideBySide;
        int[] cells = Share(sideBySide ? room.Columns : room.Rows, split.Parts, borderCells);
        int at = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            PaneRectangle part = sideBySide
                ? room with { Left = room.Left + at, Columns = cells[i] }
                : room with { Top = room.Top + at, Rows = cells[i] };
            Place(split.Parts[i].Layout, part, borderCells, places);
            at += i + 1 < cells.Length && cells[i + 1] > 0 ? cells[i] + borderCells : 0;
        }
    }

    private static int[] Share(int room, IReadOnlyList<LayoutPart> parts, int borderCells)
    {
        int[] cells = new int[parts.Count];
        // As many parts as have a cell each, and the borders between them.
        int count = (int)Math.Min(parts.Count, ((long)room + borderCells) / (1L + borderCells));
        if (count == 0)
            return cells;
        long left = room - ((count - 1) * (long)borderCells);
        long weights = parts.Take(count).Sum(static part => (long)part.Weight);
        for (int i = 0; i < count; i++)
        {
            // Rounded up, but for a cell that each of the others needs.
            cells[i] = (int)Math.Min(((left * parts[i].Weight) + weights - 1) / weights, left - (count - 1 - i));
            left -= cells[i];
            weights -= parts[i].Weight;
        }

        return cells;
    }
}
