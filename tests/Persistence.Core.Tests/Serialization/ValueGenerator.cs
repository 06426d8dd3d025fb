using System.Collections;
using System.Collections.Specialized;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Persistence.Serialization;

namespace Persistence.Tests.Serialization;

/// <summary>Arbitrary nested data, of types that come back as themselves.</summary>
internal static class ValueGenerator
{
    public static Arbitrary<object?> Values { get; } = Value().ToArbitrary();

    public static Gen<object?> Value() => Gen.Sized(size => Value(Math.Min(size, 40)));

    private static Gen<object?> Value(int size) => size <= 1 ? Scalar() : Gen.Frequency(
        (4, Scalar()),
        (2, Items(size).Select(items => (object?)items)),
        (1, TypedArray()),
        (1, Entries(size).Select(entries => (object?)Table(entries))),
        (1, Entries(size).Select(entries => (object?)Ordered(entries))),
        (1, Bag(size)));

    private static Gen<object?> Scalar() => Gen.OneOf(
        Gen.Constant<object?>(null), Boxed<bool>(), Boxed<sbyte>(), Boxed<byte>(), Boxed<short>(), Boxed<ushort>(), Boxed<int>(), Boxed<uint>(),
        Boxed<long>(), Boxed<ulong>(), Boxed<char>(), Boxed<decimal>(), Boxed<Guid>(), Boxed<BigInteger>(), Boxed<TimeSpan>(), Boxed<DayOfWeek>(), Boxed<byte[]>(),
        Bits().Select(bits => (object?)BitConverter.UInt64BitsToDouble(bits)),
        Bits().Select(bits => (object?)BitConverter.UInt32BitsToSingle((uint)bits)),
        Bits().Select(bits => (object?)Text(bits)),
        Bits().Select(bits => (object?)new DateTime((long)(bits % (ulong)DateTime.MaxValue.Ticks), (DateTimeKind)(bits % 3))),
        Bits().Select(bits => (object?)new DateTimeOffset((long)(TimeSpan.TicksPerDay + ((long)bits & 0xFFFF_FFFF_FFFF)), TimeSpan.FromMinutes(((long)bits % 841)))),
        Bits().Select(bits => (object?)DateOnly.FromDayNumber((int)(bits % (ulong)DateOnly.MaxValue.DayNumber))),
        Bits().Select(bits => (object?)new TimeOnly((long)(bits % (ulong)TimeSpan.TicksPerDay))),
        Bits().Select(bits => (object?)new Version((int)(bits & 0xFFFF), (int)(bits >> 40), (int)(bits >> 34))),
        Bits().Select(bits => (object?)new Uri($"https://host{bits % 100}/{bits}")),
        Bits().Select(bits => (object?)new UnresolvedEnum($"Type{bits % 10}", (long)bits)));

    private static Gen<object?> TypedArray() => Gen.OneOf(
        Boxed<int[]>(), Boxed<long[]>(), Boxed<bool[]>(), Boxed<Guid[]>(), Boxed<decimal[]>(), Boxed<char[]>(), Boxed<uint[]>(), Boxed<sbyte[]>(),
        Bits().Select(bits => (object?)new[] { Text(bits), null, Text(~bits) }));

    private static Gen<object?[]> Items(int size) =>
        from count in Gen.Choose(0, Math.Min(size, 6))
        from items in Value(size / (count + 1)).ArrayOf(count)
        select items;

    private static Gen<KeyValuePair<object, object?>[]> Entries(int size) =>
        from keys in Items(4)
        from values in Value(size / 4).ArrayOf(keys.Length)
        select keys.Zip(values, (key, value) => new KeyValuePair<object, object?>(key ?? "nil", value)).ToArray();

    private static Gen<object?> Bag(int size) =>
        from entries in Entries(size)
        from types in Gen.Choose(-1, 2)
        select (object?)Bag(types < 0 ? null : new string[types], entries);

    private static Hashtable Table(KeyValuePair<object, object?>[] entries)
    {
        Hashtable table = [];
        // Only one key without an identity of its own, so that the two tables can be compared.
        foreach ((object key, object? value) in entries)
            table[key is PropertyBag or (IEnumerable and not string) ? "collection" : key] = value;
        return table;
    }

    private static OrderedDictionary Ordered(KeyValuePair<object, object?>[] entries)
    {
        OrderedDictionary ordered = [];
        foreach ((object key, object? value) in entries)
            ordered[key is int ? $"int {key}" : key] = value;
        return ordered;
    }

    private static PropertyBag Bag(string[]? typeNames, KeyValuePair<object, object?>[] entries)
    {
        for (int i = 0; i < typeNames?.Length; i++)
            typeNames[i] = $"Type.Number{i}";
        PropertyBag bag = new(typeNames);
        foreach ((object key, object? value) in entries)
            bag.Add(key as string ?? key.GetType().Name, value);
        return bag;
    }

    private static Gen<object?> Boxed<T>() => ArbMap.Default.GeneratorFor<T>().Select(value => (object?)value);

    private static Gen<ulong> Bits() => ArbMap.Default.GeneratorFor<Guid>().Select(guid => BitConverter.ToUInt64(guid.ToByteArray(), 8) ^ BitConverter.ToUInt64(guid.ToByteArray()));

    // Any UTF-16 units, halves of surrogate pairs among them.
    private static string Text(ulong bits) => new([.. Enumerable.Range(0, (int)(bits % 9)).Select(i => (char)(bits >> (7 * i)))]);
}
