using System.Globalization;

namespace Persistence.State;

/// <summary>
/// Log sequence number: a byte position in the logical log. Monotonic for the life of a store and never reused.
/// Zero is "no position".
/// </summary>
/// <param name="Value">The position in bytes.</param>
public readonly record struct Lsn(long Value) : IComparable<Lsn>
{
    /// <summary>No position: below every position of a log.</summary>
    public static readonly Lsn None;

    /// <summary>Above every position of a log.</summary>
    public static readonly Lsn Max = new(long.MaxValue);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    /// <summary>Later than.</summary>
    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;

    /// <summary>The position <paramref name="bytes"/> further on.</summary>
    public static Lsn operator +(Lsn lsn, long bytes) => new(lsn.Value + bytes);

    /// <summary>The distance in bytes.</summary>
    public static long operator -(Lsn left, Lsn right) => left.Value - right.Value;

    /// <summary>The later of two positions.</summary>
    public static Lsn Later(Lsn left, Lsn right) => left > right ? left : right;

    /// <summary>The earlier of two positions.</summary>
    public static Lsn Earlier(Lsn left, Lsn right) => left < right ? left : right;

    /// <inheritdoc cref="op_Addition"/>
    public Lsn Add(long bytes) => this + bytes;

    /// <inheritdoc cref="op_Subtraction"/>
    public long Subtract(Lsn other) => this - other;

    /// <inheritdoc/>
    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
