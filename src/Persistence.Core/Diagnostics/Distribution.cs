namespace Persistence.Diagnostics;

/// <summary>How values are spread. All zero when there were none.</summary>
/// <param name="Count">How many values the figures rest on.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="P50">Half of them are not greater, to within a sixteenth.</param>
/// <param name="P99">99 of 100 are not greater, to within a sixteenth.</param>
/// <param name="Max">The greatest.</param>
public readonly record struct Distribution(long Count, double Mean, double P50, double P99, double Max)
{
    /// <summary>The percentiles, for people.</summary>
    public override string ToString() => Count == 0
        ? "none"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p50 {P50:0.###}, p99 {P99:0.###}, max {Max:0.###}");
}
