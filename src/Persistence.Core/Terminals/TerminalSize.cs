using System.Globalization;

namespace Persistence.Terminals;

/// <summary>How large a terminal is, in character cells.</summary>
public readonly record struct TerminalSize
{
    /// <summary>The most columns, and the most rows.</summary>
    public const int CellsMax = 10_000;

    /// <param name="columns">1 to 10,000.</param>
    /// <param name="rows">1 to 10,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is not.</exception>
    public TerminalSize(int columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, CellsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, CellsMax);
        Columns = columns;
        Rows = rows;
    }

    /// <summary>80 columns of 24 rows.</summary>
    public static TerminalSize Default { get; } = new(80, 24);

    /// <summary>Cells in a row.</summary>
    public int Columns { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns, "x", rows.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Columns}x{Rows}");
}
