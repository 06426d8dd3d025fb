using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals.Layout;

public sealed class LayoutShareTests
{
    private static readonly PaneId One = new(1);
    private static readonly PaneId Two = new(2);
    private static readonly PaneId Three = new(3);

    // [1|[2/3]]
    private static readonly TerminalLayout Nested = TerminalLayout.Split(
        SplitDirection.SideBySide, new LayoutPart(TerminalLayout.Of(One)), new LayoutPart(TerminalLayout.Split(SplitDirection.Stacked, new LayoutPart(TerminalLayout.Of(Two)), new LayoutPart(TerminalLayout.Of(Three)))));

    private static readonly TerminalLayout Row = TerminalLayout.Split(
        SplitDirection.SideBySide, new LayoutPart(TerminalLayout.Of(One)), new LayoutPart(TerminalLayout.Of(Two), 3), new LayoutPart(TerminalLayout.Of(Three), 2));

    [Fact]
    public void A_share_is_of_the_innermost_split_that_divides_that_way()
    {
        Assert.Equal("[3*1|[2/3]]", Nested.WithShare(One, SplitDirection.SideBySide, 75)!.ToString());
        Assert.Equal("[1|[2/4*3]]", Nested.WithShare(Three, SplitDirection.Stacked, 80)!.ToString());
        Assert.Equal("[3*1|7*[2/3]]", Nested.WithShare(Two, SplitDirection.SideBySide, 70)!.ToString());
    }

    [Fact]
    public void The_others_share_the_rest_as_before()
    {
        Assert.Equal("[5*1|3*2|2*3]", Row.WithShare(One, SplitDirection.SideBySide, 50)!.ToString());
        Assert.Equal("[1|3*2|36*3]", Row.WithShare(Three, SplitDirection.SideBySide, 90)!.ToString());
    }

    [Fact]
    public void What_nothing_stands_beside_has_no_share()
    {
        Assert.Null(TerminalLayout.Of(One).WithShare(One, SplitDirection.SideBySide, 50));
        Assert.Null(Nested.WithShare(One, SplitDirection.Stacked, 50));
        Assert.Null(Row.WithShare(new PaneId(9), SplitDirection.SideBySide, 50));
        Assert.Throws<ArgumentOutOfRangeException>(() => Row.WithShare(One, SplitDirection.SideBySide, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Row.WithShare(One, SplitDirection.SideBySide, 100));
    }

    [Fact]
    public void Weights_stay_what_a_layout_takes_however_often_they_are_changed()
    {
        TerminalLayout layout = Row;
        for (int i = 0; i < 200; i++)
            layout = layout.WithShare(new PaneId(1 + i % 3), SplitDirection.SideBySide, 1 + i * 7 % 99)!;
        layout = layout.WithShare(Two, SplitDirection.SideBySide, 60)!;
        SplitLayout split = Assert.IsType<SplitLayout>(layout);
        Assert.InRange(split.Parts[1].Weight / (double)split.Parts.Sum(static part => part.Weight), 0.595, 0.605);
        Assert.Equal([One, Two, Three], layout.Panes);
    }
}
