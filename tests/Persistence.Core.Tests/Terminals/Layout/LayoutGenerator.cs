using FsCheck;
using FsCheck.Fluent;
using Persistence.Terminals;

namespace Persistence.Tests.Terminals.Layout;

/// <summary>Arbitrary layouts: of panes 1, 2, 3 … in the layout's order.</summary>
internal static class LayoutGenerator
{
    public static Arbitrary<TerminalLayout> Layouts { get; } = Gen.Sized(size => Numbered(Math.Min(size, 40))).ToArbitrary();

    public static Gen<PanePlacement> Placements { get; } =
        from place in Gen.Choose(0, 3)
        from percent in Gen.Frequency((2, Gen.Constant((int?)null)), (1, Gen.Choose(1, 99).Select(static percent => (int?)percent)))
        select new PanePlacement { Place = (PanePlace)place, Percent = percent };

    private static Gen<TerminalLayout> Numbered(int size) => Shape(size).Select(static shape => Number(shape, new long[1]));

    private static Gen<Shape> Shape(int size) => size <= 1 ? Gen.Constant(new Shape(default, [])) : Gen.Frequency((1, Gen.Constant(new Shape(default, []))), (4, Split(size)));

    private static Gen<Shape> Split(int size) =>
        from direction in Gen.Choose(0, 1)
        from count in Gen.Choose(2, 5)
        from parts in Shape(size / count).ArrayOf(count)
        from weights in Gen.Frequency((4, Gen.Choose(1, 5)), (1, Gen.Choose(1, LayoutPart.WeightMax))).ArrayOf(count)
        select new Shape((SplitDirection)direction, [.. parts.Zip(weights)]);

    private static TerminalLayout Number(Shape shape, long[] last) => shape.Parts.Length == 0
        ? TerminalLayout.Of(new PaneId(++last[0]))
        : TerminalLayout.Split(shape.Direction, [.. shape.Parts.Select(part => new LayoutPart(Number(part.Item1, last), part.Item2))]);
}
