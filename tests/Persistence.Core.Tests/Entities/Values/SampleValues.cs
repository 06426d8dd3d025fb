using Persistence.Entities;

namespace Persistence.Tests.Entities.Values;

/// <summary>Values of each field type, the extreme ones among them.</summary>
internal static class SampleValues
{
    private static readonly Dictionary<FieldKind, object?[]> s_values = new()
    {
        [FieldKind.Bool] = [false, true],
        [FieldKind.Int8] = [sbyte.MinValue, (sbyte)-1, (sbyte)0, sbyte.MaxValue],
        [FieldKind.Int16] = [short.MinValue, (short)-1, (short)0, short.MaxValue],
        [FieldKind.Int32] = [int.MinValue, -1, 0, int.MaxValue],
        [FieldKind.Int64] = [long.MinValue, -1L, 0L, long.MaxValue],
        [FieldKind.UInt8] = [byte.MinValue, byte.MaxValue],
        [FieldKind.UInt16] = [ushort.MinValue, ushort.MaxValue],
        [FieldKind.UInt32] = [uint.MinValue, uint.MaxValue],
        [FieldKind.UInt64] = [ulong.MinValue, ulong.MaxValue],
        [FieldKind.Float32] = [0f, -0f, 1.5f, float.MinValue, float.MaxValue, float.Epsilon, float.NaN, float.NegativeInfinity],
        [FieldKind.Float64] = [0d, -0d, 1.1, double.MinValue, double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity],
        [FieldKind.String] = [null, "", "x", "äöü 漢字 😀\0", new string('z', 70_000)],
        [FieldKind.Bytes] = [null, Array.Empty<byte>(), new byte[] { 0, 255, 7 }, new byte[70_000]],
        [FieldKind.Guid] = [Guid.Empty, new Guid("00112233-4455-6677-8899-aabbccddeeff"), Guid.AllBitsSet],
        [FieldKind.Time] = [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.Zero).AddTicks(7), DateTimeOffset.MaxValue],
        [FieldKind.Duration] = [TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.FromTicks(-1), TimeSpan.MaxValue],
        [FieldKind.Reference] = [EntityId.None, new EntityId(0, 1), new EntityId(EntityId.SlotMax, EntityId.GenerationMax)],
    };

    /// <summary>Every type there is.</summary>
    public static IEnumerable<FieldType> Types => s_values.Keys.SelectMany(static kind => (FieldType[])[new(kind), new(kind, IsArray: true)]);

    /// <summary>Some values of a type, as its codec makes them.</summary>
    public static object?[] Of(FieldType type)
    {
        if (!type.IsArray)
            return s_values[type.Kind];
        object[] elements = [.. s_values[type.Kind].Select(static value => value!).Where(static value => value is not null)];
        return [null, Convert(type, []), Convert(type, elements), Convert(type, elements[..1]), .. s_values[type.Kind][0] is null ? [Convert(type, [null, elements[0]])] : Array.Empty<object?>()];
    }

    private static object? Convert(FieldType type, object?[] elements) =>
        FieldCodec.Of(type).TryConvert(elements, out object? array) ? array : throw new InvalidOperationException($"{type} takes not its own values.");
}
