using System.Globalization;

namespace Persistence.Terminals;

/// <summary>Which session it is. Unique for the life of a store, never used again.</summary>
/// <param name="Value">1 or more; 0 is none.</param>
public readonly record struct SessionId(long Value) : IComparable<SessionId>
{
    /// <summary>None.</summary>
    public static readonly SessionId None;

    /// <summary>Lower than.</summary>
    public static bool operator <(SessionId left, SessionId right) => left.Value < right.Value;

    /// <summary>Higher than.</summary>
    public static bool operator >(SessionId left, SessionId right) => left.Value > right.Value;

    /// <summary>Not higher than.</summary>
    public static bool operator <=(SessionId left, SessionId right) => left.Value <= right.Value;

    /// <summary>Not lower than.</summary>
    public static bool operator >=(SessionId left, SessionId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(SessionId other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
