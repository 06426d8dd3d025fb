using System.Globalization;

namespace Persistence.Terminals;

/// <summary>Which window it is. Unique for the life of a store, never used again.</summary>
/// <param name="Value">1 or more; 0 is none.</param>
public readonly record struct WindowId(long Value) : IComparable<WindowId>
{
    /// <summary>None.</summary>
    public static readonly WindowId None;

    /// <summary>Lower than.</summary>
    public static bool operator <(WindowId left, WindowId right) => left.Value < right.Value;

    /// <summary>Higher than.</summary>
    public static bool operator >(WindowId left, WindowId right) => left.Value > right.Value;

    /// <summary>Not higher than.</summary>
    public static bool operator <=(WindowId left, WindowId right) => left.Value <= right.Value;

    /// <summary>Not lower than.</summary>
    public static bool operator >=(WindowId left, WindowId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(WindowId other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
