using FsCheck;
using FsCheck.Fluent;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals.Layout;

public sealed class LayoutTests
{
    private static Config Cases(int count) => Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60);

    [Fact]
    public void Any_layout_comes_back_the_same() =>
        Check.One(Cases(500), Prop.ForAll(LayoutGenerator.Layouts, static layout =>
        {
            TerminalLayout again = RoundTrip(layout);
            return again.Equals(layout) && again.GetHashCode() == layout.GetHashCode() && again.ToString() == layout.ToString() && again.Depth == layout.Depth;
        }));

    [Fact]
    public void The_deepest_layout_comes_back_and_a_deeper_one_cannot_be_made()
    {
        TerminalLayout layout = TerminalLayout.Of(new PaneId(1));
        for (int i = 2; i <= TerminalLayout.DepthMax; i++)
            layout = Split((SplitDirection)(i % 2), layout, TerminalLayout.Of(new PaneId(i)));
        Assert.Equal(TerminalLayout.DepthMax, layout.Depth);
        Assert.Equal(layout, RoundTrip(layout));
        Assert.Throws<ArgumentException>(() => Split(SplitDirection.Stacked, layout, TerminalLayout.Of(new PaneId(99))));
        Assert.Equal(StoreError.LayoutInvalid, Assert.ThrowsAny<StoreException>(() => LayoutEditor.Divide(layout, new PaneId(1), new PaneId(99), new PanePlacement { Place = PanePlace.Below })).Error);
        Assert.Equal(StoreError.LayoutInvalid, Assert.ThrowsAny<StoreException>(() => LayoutEditor.Divide(layout, new PaneId(1), new PaneId(99), new PanePlacement { Percent = 50 })).Error);
        Assert.Equal(TerminalLayout.DepthMax, LayoutEditor.Divide(layout, new PaneId(1), new PaneId(99), PanePlacement.Default).Depth);
        Assert.Equal(TerminalLayout.DepthMax, LayoutEditor.Divide(layout, new PaneId(TerminalLayout.DepthMax), new PaneId(99), new PanePlacement { Place = PanePlace.Below }).Depth);
    }

    [Fact]
    public void What_was_written_cut_short_anywhere_is_malformed() =>
        Check.One(Cases(100), Prop.ForAll(LayoutGenerator.Layouts, static layout =>
        {
            byte[] bytes = Written(layout);
            return Enumerable.Range(0, bytes.Length).All(length => Record.Exception(() =>
            {
                MessagePackReader reader = new(bytes.AsSpan(0, length));
                LayoutCodec.Read(ref reader);
            }) is MalformedDataException);
        }));

    [Fact]
    public void A_new_pane_is_beside_the_one_that_was_asked_for_and_the_others_stay_in_their_order() =>
        Check.One(Cases(500), Prop.ForAll(LayoutGenerator.Layouts, LayoutGenerator.Placements.ToArbitrary(), static (layout, placement) => layout.Panes.All(target =>
        {
            PaneId added = new(1000);
            List<PaneId> expected = [.. layout.Panes];
            expected.Insert(expected.IndexOf(target) + (placement.Place is PanePlace.Left or PanePlace.Above ? 0 : 1), added);
            return LayoutEditor.Divide(layout, target, added, placement).Panes.SequenceEqual(expected);
        })));

    [Fact]
    public void Taking_a_new_pane_out_again_leaves_what_was_there() =>
        Check.One(Cases(500), Prop.ForAll(LayoutGenerator.Layouts, LayoutGenerator.Placements.ToArbitrary(), static (layout, placement) => layout.Panes.All(target =>
            LayoutEditor.Remove(LayoutEditor.Divide(layout, target, new PaneId(1000), placement), new PaneId(1000))!.Equals(layout))));

    [Fact]
    public void Each_pane_can_be_taken_out_until_none_is_left() =>
        Check.One(Cases(300), Prop.ForAll(LayoutGenerator.Layouts, Gen.Choose(0, 1000).ToArbitrary(), static (layout, seed) =>
        {
            PaneId[] order = [.. layout.Panes];
            new Random(seed).Shuffle(order);
            TerminalLayout? left = layout;
            foreach (PaneId pane in order)
            {
                PaneId[] expected = [.. left!.Panes.Where(other => other != pane)];
                left = LayoutEditor.Remove(left, pane);
                if (!(left?.Panes ?? []).SequenceEqual(expected) || (left is not null && left.Depth > layout.Depth))
                    return false;
            }

            return left is null;
        }));

    [Fact]
    public void Places_do_not_overlap_and_fill_the_window_up_to_the_borders() =>
        Check.One(Cases(300), Prop.ForAll(
            LayoutGenerator.Layouts, (from columns in Gen.Choose(1, 90) from rows in Gen.Choose(1, 40) from border in Gen.Choose(0, 3) select (new TerminalSize(columns, rows), border)).ToArbitrary(),
            static (layout, window) => Fills(layout, window.Item1, window.border)));

    [Theory]
    [InlineData("[1|2]", 81, 24, 1, "1 40x24+0+0 2 40x24+41+0")]
    [InlineData("[1|2]", 80, 24, 1, "1 40x24+0+0 2 39x24+41+0")]
    [InlineData("[1|3*2]", 81, 24, 1, "1 20x24+0+0 2 60x24+21+0")]
    [InlineData("[1|2|3]", 80, 24, 0, "1 27x24+0+0 2 27x24+27+0 3 26x24+54+0")]
    [InlineData("[1000000*1|2|3]", 5, 24, 1, "1 1x24+0+0 2 1x24+2+0 3 1x24+4+0")]
    [InlineData("[1|1000000*2]", 80, 24, 0, "1 1x24+0+0 2 79x24+1+0")]
    [InlineData("[1/2/3]", 80, 3, 0, "1 80x1+0+0 2 80x1+0+1 3 80x1+0+2")]
    [InlineData("[1/2/3]", 80, 3, 1, "1 80x1+0+0 2 80x1+0+2 3 80x0+0+2")]
    [InlineData("[1|2]", 1, 1, 1, "1 1x1+0+0 2 0x1+0+0")]
    [InlineData("[1|2]", 80, 24, int.MaxValue, "1 80x24+0+0 2 0x24+0+0")]
    [InlineData("1", 80, 24, 1, "1 80x24+0+0")]
    public void What_is_left_over_goes_to_the_first_and_what_has_no_room_gets_none(string layout, int columns, int rows, int border, string expected)
    {
        IReadOnlyDictionary<PaneId, PaneRectangle> places = LayoutArranger.Arrange(Parse(layout), new TerminalSize(columns, rows), border);
        Assert.Equal(expected, string.Join(' ', places.OrderBy(static place => place.Key).Select(static place => $"{place.Key} {place.Value}")));
    }

    [Fact]
    public void Layouts_that_differ_are_not_equal()
    {
        TerminalLayout[] all = [Parse("1"), Parse("2"), Parse("[1|2]"), Parse("[2|1]"), Parse("[1/2]"), Parse("[1|3*2]"), Split(SplitDirection.SideBySide, Parse("1"), Parse("[2|3]")), Split(SplitDirection.SideBySide, Parse("[1|2]"), Parse("3")), Parse("[1|2|3]")];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < all.Length; j++)
                Assert.Equal(i == j, all[i].Equals(all[j]));
        }

        Assert.Equal("[1|[2|3]]", all[6].ToString());
        Assert.False(all[2].Equals(null));
    }

    [Fact]
    public void The_parts_of_a_layout_are_its_own()
    {
        LayoutPart[] parts = [new(TerminalLayout.Of(new PaneId(1))), new(TerminalLayout.Of(new PaneId(2)))];
        SplitLayout layout = new(SplitDirection.SideBySide, parts);
        parts[0] = new LayoutPart(TerminalLayout.Of(new PaneId(9)));
        Assert.Equal("[1|2]", layout.ToString());
    }

    private static bool Fills(TerminalLayout layout, TerminalSize size, int border)
    {
        IReadOnlyDictionary<PaneId, PaneRectangle> places = LayoutArranger.Arrange(layout, size, border);
        Assert.Equal(layout.Panes.Order(), places.Keys.Order());
        PaneId[,] cells = new PaneId[size.Columns, size.Rows];
        foreach ((PaneId pane, PaneRectangle place) in places)
        {
            for (int x = place.Left; x < place.Left + place.Columns; x++)
            {
                for (int y = place.Top; y < place.Top + place.Rows; y++)
                {
                    Assert.Equal(PaneId.None, cells[x, y]);
                    cells[x, y] = pane;
                }
            }
        }

        // With room for all nothing is left but borders; without borders nothing at all.
        int taken = cells.Cast<PaneId>().Count(static pane => pane != PaneId.None);
        Assert.Equal((size.Columns * size.Rows) - BordersOf(layout, size.Columns, size.Rows, border, places), taken);
        return true;
    }

    /// <summary>Cells between parts that have any.</summary>
    private static int BordersOf(TerminalLayout layout, int columns, int rows, int border, IReadOnlyDictionary<PaneId, PaneRectangle> places)
    {
        if (layout is not SplitLayout split || columns == 0 || rows == 0)
            return 0;
        bool sideBySide = split.Direction == SplitDirection.SideBySide;
        int cells = 0;
        int shown = 0;
        foreach (LayoutPart part in split.Parts)
        {
            PaneRectangle[] own = [.. part.Layout.Panes.Select(pane => places[pane]).Where(static place => place.Columns > 0 && place.Rows > 0)];
            if (own.Length == 0)
                continue;
            shown++;
            int width = sideBySide ? own.Max(static place => place.Left + place.Columns) - own.Min(static place => place.Left) : columns;
            int height = sideBySide ? rows : own.Max(static place => place.Top + place.Rows) - own.Min(static place => place.Top);
            cells += BordersOf(part.Layout, width, height, border, places);
        }

        return cells + ((shown - 1) * border * (sideBySide ? rows : columns));
    }

    /// <summary>A pane, or one split of panes with their weights.</summary>
    private static TerminalLayout Parse(string text)
    {
        if (text[0] != '[')
            return TerminalLayout.Of(new PaneId(long.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));
        SplitDirection direction = text.Contains('/', StringComparison.Ordinal) ? SplitDirection.Stacked : SplitDirection.SideBySide;
        return TerminalLayout.Split(direction, [.. text[1..^1].Split('|', '/').Select(static part => part.Split('*') is [string weight, string pane]
            ? new LayoutPart(Parse(pane), int.Parse(weight, System.Globalization.CultureInfo.InvariantCulture))
            : new LayoutPart(Parse(part)))]);
    }

    private static TerminalLayout Split(SplitDirection direction, params TerminalLayout[] parts) => TerminalLayout.Split(direction, [.. parts.Select(static part => new LayoutPart(part))]);

    private static TerminalLayout RoundTrip(TerminalLayout layout)
    {
        MessagePackReader reader = new(Written(layout));
        TerminalLayout again = LayoutCodec.Read(ref reader)!;
        reader.ExpectEnd();
        return again;
    }

    private static byte[] Written(TerminalLayout? layout)
    {
        GrowableBuffer buffer = new(1 << 20);
        LayoutCodec.Write(new MessagePackWriter(buffer), layout);
        return buffer.WrittenSpan.ToArray();
    }
}
