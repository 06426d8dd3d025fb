using System.Globalization;

namespace Persistence.Entities;

/// <summary>Names one entity, and never another: its slot, and how many entities have had the slot by then.</summary>
public readonly record struct EntityId : IComparable<EntityId>, ISpanParsable<EntityId>
{
    /// <summary>The largest slot.</summary>
    public const int SlotMax = (1 << 30) - 1;

    /// <summary>The largest generation: after it a slot is not used any more.</summary>
    public const int GenerationMax = int.MaxValue;

    private const int GenerationShift = 32;

    /// <summary>Creates an id.</summary>
    /// <param name="slot">From 0 up to <see cref="SlotMax"/>.</param>
    /// <param name="generation">From 1 up.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not.</exception>
    public EntityId(int slot, int generation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slot, SlotMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(generation);
        Value = ((long)generation << GenerationShift) | (uint)slot;
    }

    private EntityId(long value) => Value = value;

    /// <summary>No entity.</summary>
    public static EntityId None => default;

    /// <summary>Both in one number, as on disk; 0 for none.</summary>
    public long Value { get; }

    /// <summary>Where the entity is.</summary>
    public int Slot => (int)Value;

    /// <summary>Which of the entities that had the slot.</summary>
    public int Generation => (int)(Value >> GenerationShift);

    /// <summary>Whether it is no entity.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The id that a number stands for.</summary>
    /// <returns>Whether it stands for one; 0 does not.</returns>
    public static bool TryFrom(long value, out EntityId id)
    {
        id = new EntityId(value);
        bool isOne = value > 0 && id.Generation > 0 && (uint)value <= SlotMax;
        if (!isOne)
            id = None;
        return isOne;
    }

    /// <inheritdoc/>
    public int CompareTo(EntityId other) => (Slot, Generation).CompareTo((other.Slot, other.Generation));

    /// <summary>Slot and generation with a point between them, as <c>17.2</c>; <c>none</c>.</summary>
    public override string ToString() => IsNone ? "none" : string.Create(CultureInfo.InvariantCulture, $"{Slot}.{Generation}");

    /// <inheritdoc/>
    public static EntityId Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public static EntityId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out EntityId id) ? id : throw new FormatException($"'{s}' is no entity id. One looks like 17.2: slot and generation.");

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out EntityId result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out EntityId result)
    {
        result = None;
        int point = s.IndexOf('.');
        bool isOne = point > 0
            && int.TryParse(s[..point], NumberStyles.None, CultureInfo.InvariantCulture, out int slot) && slot <= SlotMax
            && int.TryParse(s[(point + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int generation) && generation > 0
            && TryFrom(((long)generation << GenerationShift) | (uint)slot, out result);
        return isOne || s is "none";
    }

    /// <summary>By slots.</summary>
    public static bool operator <(EntityId left, EntityId right) => left.CompareTo(right) < 0;

    /// <summary>By slots.</summary>
    public static bool operator <=(EntityId left, EntityId right) => left.CompareTo(right) <= 0;

    /// <summary>By slots.</summary>
    public static bool operator >(EntityId left, EntityId right) => left.CompareTo(right) > 0;

    /// <summary>By slots.</summary>
    public static bool operator >=(EntityId left, EntityId right) => left.CompareTo(right) >= 0;
}
