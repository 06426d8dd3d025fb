using System.Globalization;

namespace Persistence.Terminals;

/// <summary>Which pane it is. Unique for the life of a store, never used again.</summary>
/// <param name="Value">1 or more; 0 is none.</param>
public readonly record struct PaneId(long Value) : IComparable<PaneId>
{
    /// <summary>None.</summary>
    public static readonly PaneId None;

    /// <summary>Lower than.</summary>
    public static bool operator <(PaneId left, PaneId right) => left.Value < right.Value;

    /// <summary>Higher than.</summary>
    public static bool operator >(PaneId left, PaneId right) => left.Value > right.Value;

    /// <summary>Not higher than.</summary>
    public static bool operator <=(PaneId left, PaneId right) => left.Value <= right.Value;

    /// <summary>Not lower than.</summary>
    public static bool operator >=(PaneId left, PaneId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(PaneId other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
