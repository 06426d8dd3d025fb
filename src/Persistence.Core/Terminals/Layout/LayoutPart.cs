namespace Persistence.Terminals;

/// <summary>A part of a split.</summary>
public sealed record LayoutPart
{
    /// <summary>The greatest weight.</summary>
    public const int WeightMax = 1_000_000;

    /// <param name="layout">What is in it.</param>
    /// <param name="weight">Its share: of as many weights as all parts have together; 1 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is less, or more.</exception>
    public LayoutPart(TerminalLayout layout, int weight = 1)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, WeightMax);
        Layout = layout;
        Weight = weight;
    }

    /// <summary>What is in it.</summary>
    public TerminalLayout Layout { get; }

    /// <summary>Its share: of as many weights as all parts have together.</summary>
    public int Weight { get; }

    /// <summary>"2*layout".</summary>
    public override string ToString() => Weight == 1 ? $"{Layout}" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Weight}*{Layout}");
}
