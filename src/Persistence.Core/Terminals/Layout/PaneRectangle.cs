namespace Persistence.Terminals;

/// <summary>Where a pane is in its window, in character cells.</summary>
/// <param name="Left">The first column, counted from 0.</param>
/// <param name="Top">The first row, counted from 0.</param>
/// <param name="Columns">How many columns; 0 when there was no place.</param>
/// <param name="Rows">How many rows; 0 when there was no place.</param>
public readonly record struct PaneRectangle(int Left, int Top, int Columns, int Rows)
{
    /// <summary>"80x24+0+0".</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Columns}x{Rows}+{Left}+{Top}");
}
