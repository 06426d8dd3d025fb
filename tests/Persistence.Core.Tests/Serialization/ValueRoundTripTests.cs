using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Numerics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class ValueRoundTripTests
{
    private static readonly object[] s_scalars =
    [
        true, false,
        sbyte.MinValue, (sbyte)-1, (sbyte)0, sbyte.MaxValue, byte.MinValue, (byte)127, (byte)128, byte.MaxValue,
        short.MinValue, (short)-1, (short)0, (short)1, short.MaxValue, ushort.MinValue, ushort.MaxValue,
        int.MinValue, -129, -128, -33, -32, -1, 0, 1, 127, 128, 255, 256, 65535, 65536, int.MaxValue,
        uint.MinValue, 1u, uint.MaxValue, long.MinValue, -1L, 0L, 1L, long.MaxValue, ulong.MinValue, 1UL, ulong.MaxValue,
        0f, -0f, 1.5f, float.Epsilon, float.MinValue, float.MaxValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity,
        BitConverter.UInt32BitsToSingle(0x7FA00001), BitConverter.UInt32BitsToSingle(0xFFC12345),
        0d, -0d, 1.5, double.Epsilon, double.MinValue, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        BitConverter.UInt64BitsToDouble(0x7FF0000000000001), BitConverter.UInt64BitsToDouble(0xFFF8000000ABCDEF),
        "", "a", new string('é', 31), new string('x', 65536), "\0", "tab\tline\r\n", "😀", "\uFEFF", "\uFFFF", "a\uD800", "\uDC00", "\uDE00\uD83D",
        '\0', 'a', '\uD800', '\uFFFF',
        0m, 1m, -1m, 1.0m, 1.00m, decimal.MinValue, decimal.MaxValue, new decimal(1, 0, 0, true, 28), new decimal(0, 0, 0, true, 5),
        BigInteger.Zero, BigInteger.One, BigInteger.MinusOne, new BigInteger(127), new BigInteger(128), new BigInteger(-128), new BigInteger(-129), BigInteger.Pow(7, 1000), -BigInteger.Pow(7, 1000),
        DateTime.MinValue, DateTime.MaxValue, DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Local),
        DateTime.UnixEpoch, new DateTime(2024, 2, 29, 23, 59, 59, 999, DateTimeKind.Local).AddTicks(1),
        DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(14)), new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(-14)),
        new DateTimeOffset(new DateTime(TimeSpan.TicksPerDay), TimeSpan.FromMinutes(330)),
        TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.FromTicks(1),
        Guid.Empty, Guid.AllBitsSet, Guid.Parse("01020304-0506-0708-090a-0b0c0d0e0f10"),
        DateOnly.MinValue, DateOnly.MaxValue, new DateOnly(2024, 2, 29), TimeOnly.MinValue, TimeOnly.MaxValue,
        new Version(0, 0), new Version(1, 2, 3), new Version(1, 2, 3, 4), new Version(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue),
        new Uri("https://user@example.org:8080/a%20b/../c?q=é#f"), new Uri("relative/../path", UriKind.Relative), new Uri("", UriKind.Relative),
        new Uri("file:///etc/passwd"), new Uri(@"C:\Windows\x.txt"), new Uri(@"\\server\share\x"), new Uri("urn:isbn:1"), new Uri("mailto:a@b.c"),
        DayOfWeek.Friday, (DayOfWeek)99, GoldenColor.Red, FileAttributes.Hidden | FileAttributes.System, Nested.Long.Min, Nested.Long.Max,
        Array.Empty<byte>(), new byte[] { 0 }, new byte[300],
    ];

    private static readonly Array[] s_typedArrays =
    [
        new[] { true, false }, new sbyte[] { -1, 1 }, new short[] { -1, 1 }, new ushort[] { 1 }, new[] { 1, 300, int.MinValue }, new uint[] { 1, 2 },
        new long[] { 1 }, new ulong[] { 1 }, new[] { 1.5f, -0f }, new[] { 1.5, double.NaN }, new[] { 1.0m, 2m }, new BigInteger[] { 1, 2 },
        new[] { 'a', '\uD800' }, new[] { "a", null, "", "\uD800" }, new[] { Guid.Empty }, new[] { DateTime.UnixEpoch }, new[] { DateTimeOffset.UnixEpoch },
        new[] { TimeSpan.Zero }, new[] { DateOnly.MinValue }, new[] { TimeOnly.MaxValue }, new[] { new Version(1, 2), null }, new[] { new Uri("http://a"), null },
        Array.Empty<int>(), Array.Empty<string>(), Array.Empty<Uri>(), new[] { 1 }, new string?[] { null },
    ];

    [Fact]
    public void Every_scalar_comes_back_the_same_and_of_the_same_type()
    {
        Assert.Null(RoundTrip(null));
        foreach (object scalar in s_scalars)
            ValueAssert.Same(scalar, RoundTrip(scalar));
    }

    [Fact]
    public void Every_scalar_comes_back_from_inside_every_kind_of_collection()
    {
        foreach (object scalar in s_scalars)
        {
            ValueAssert.Same(new[] { scalar }, RoundTrip(new[] { scalar }));
            ValueAssert.Same(new Hashtable { { "k", scalar } }, RoundTrip(new Hashtable { { "k", scalar } }));
            PropertyBag bag = new(["T"]);
            bag.Add("p", scalar);
            ValueAssert.Same(bag, RoundTrip(bag));
        }
    }

    [Fact]
    public void Every_scalar_can_be_a_key()
    {
        foreach (object scalar in s_scalars)
            ValueAssert.Same(new OrderedDictionary { { scalar, 1 } }, RoundTrip(new OrderedDictionary { { scalar, 1 } }));
    }

    [Fact]
    public void Typed_arrays_keep_their_element_type()
    {
        foreach (Array array in s_typedArrays)
            ValueAssert.Same(array, RoundTrip(array));
    }

    [Fact]
    public void Empty_arrays_arrays_of_one_and_nested_nulls_stay_what_they_are()
    {
        object?[][] arrays = [[], [null], [null, null], [1], [Array.Empty<object>()], [new object?[] { null }], [new object?[] { new object?[] { 1 } }], [Array.Empty<int>()], [""]];
        foreach (object?[] array in arrays)
            ValueAssert.Same(array, RoundTrip(array));
    }

    [Fact]
    public void Keys_of_every_type_stay_apart()
    {
        Hashtable table = new() { { 1, "int" }, { 1L, "long" }, { (byte)1, "byte" }, { "1", "string" }, { '1', "char" }, { 1m, "decimal" }, { 1.0, "double" }, { true, null }, { DayOfWeek.Monday, "enum" } };
        Hashtable read = Assert.IsType<Hashtable>(RoundTrip(table));
        Assert.Equal(table.Count, read.Count);
        foreach (DictionaryEntry entry in table)
            Assert.Equal(entry.Value, read[entry.Key]);
    }

    // Found by the property test, one map in thirty thousand: the reader used the shared empty array for both keys, and
    // what had been written could not be read.
    [Fact]
    public void Two_keys_that_are_empty_arrays_stay_two_keys()
    {
        int none = 0;
        OrderedDictionary map = new() { { new object[none], 1 }, { new object[none], 2 }, { new byte[none], 3 }, { new byte[none], 4 }, { new int[none], 5 }, { new int[none], 6 } };
        ValueAssert.Same(map, RoundTrip(map));
    }

    [Fact]
    public void An_ordered_dictionary_keeps_its_order()
    {
        OrderedDictionary ordered = new();
        for (int i = 100; i > 0; i--)
            ordered.Add(i % 2 == 0 ? i : $"key {i}", i);
        OrderedDictionary read = Assert.IsType<OrderedDictionary>(RoundTrip(ordered));
        Assert.Equal(ordered.Keys.Cast<object>(), read.Keys.Cast<object>());
        Assert.Equal(ordered.Values.Cast<object>(), read.Values.Cast<object>());
    }

    [Fact]
    public void A_property_bag_keeps_its_types_its_order_and_names_that_differ_in_case()
    {
        PropertyBag bag = new(["My.Type", "My.Base"]);
        bag.Add("z", 1);
        bag.Add("a", null);
        bag.Add("A", new PropertyBag());
        bag.Add("", new object[] { 1, "x" });
        ValueAssert.Same(bag, RoundTrip(bag));
        ValueAssert.Same(new PropertyBag([]), RoundTrip(new PropertyBag([])));
    }

    [Fact]
    public void Other_lists_come_back_as_object_arrays()
    {
        object?[] expected = [1, "a", null];
        foreach (object list in new object[] { new ArrayList { 1, "a", null }, new List<object?> { 1, "a", null }, new Queue(expected), new Queue<object?>(expected), new LinkedList<object?>(expected), expected.Where(_ => true), expected.Select(item => item), new ArraySegment<object?>(expected), new ReadOnlyMemoryList(expected) })
            ValueAssert.Same(expected, RoundTrip(list));
        ValueAssert.Same(new object[] { 1 }, RoundTrip(new HashSet<int> { 1 }));
        ValueAssert.Same(new object[] { DayOfWeek.Monday }, RoundTrip(new[] { DayOfWeek.Monday }));
        ValueAssert.Same(new object?[] { 1, null }, RoundTrip(new int?[] { 1, null }));
        ValueAssert.Same(new object[] { new[] { 1 }, new byte[] { 2 } }, RoundTrip(new Array[] { new[] { 1 }, new byte[] { 2 } }));
        ValueAssert.Same(new object[] { new[] { 1 } }, RoundTrip(new int[][] { [1] }));
    }

    // The runtime lets an array of one integer type pass for an array of another: the exact type decides.
    [Fact]
    public void Arrays_that_the_runtime_confuses_are_told_apart()
    {
        ValueAssert.Same(new sbyte[] { -1 }, RoundTrip(new sbyte[] { -1 }));
        ValueAssert.Same(new uint[] { uint.MaxValue }, RoundTrip(new uint[] { uint.MaxValue }));
        ValueAssert.Same(new object[] { GoldenColor.Red }, RoundTrip(new[] { GoldenColor.Red }));
        ValueAssert.Same(new[] { "a" }, RoundTrip((object[])new[] { "a" }));
    }

    [Fact]
    public void Other_dictionaries_come_back_as_hashtables()
    {
        Hashtable expected = new() { { "a", 1 }, { "b", 2 } };
        Dictionary<string, int> source = new() { { "a", 1 }, { "b", 2 } };
        foreach (object map in new object[] { source, new SortedList(expected), new SortedDictionary<string, int>(source), new ConcurrentDictionary<string, int>(source), new System.Collections.ObjectModel.ReadOnlyDictionary<string, int>(source) })
            ValueAssert.Same(expected, RoundTrip(map));
    }

    [Fact]
    public void The_caller_decides_how_keys_compare()
    {
        ValueReaderOptions options = CaseInsensitive();
        Hashtable read = (Hashtable)RoundTrip(new Hashtable { { "Name", new Hashtable { { "Inner", 1 } } } }, options)!;
        Assert.Equal(1, ((Hashtable)read["NAME"]!)["INNER"]);
        OrderedDictionary ordered = (OrderedDictionary)RoundTrip(new OrderedDictionary { { "Name", 2 } }, options)!;
        Assert.Equal(2, ordered["nAME"]);
    }

    [Fact]
    public void Keys_that_differ_in_case_survive_a_reader_that_ignores_case()
    {
        Hashtable read = (Hashtable)RoundTrip(new Hashtable { { "a", 1 }, { "A", 2 }, { "b", 3 } }, CaseInsensitive())!;
        Assert.Equal((1, 2, 3), (read["a"], read["A"], read["b"]));
        OrderedDictionary ordered = (OrderedDictionary)RoundTrip(new OrderedDictionary { { "b", 1 }, { "a", 2 }, { "A", 3 } }, CaseInsensitive())!;
        Assert.Equal(["b", "a", "A"], ordered.Keys.Cast<string>());
    }

    [Fact]
    public void The_caller_makes_objects_of_property_bags()
    {
        PropertyBag bag = new(["Point"]);
        bag.Add("x", new PropertyBag());
        ValueReaderOptions options = new() { CreateObject = read => (read.TypeNames?[0], read.Properties.Count) };
        Assert.Equal(("Point", 1), RoundTrip(bag, options));
    }

    [Fact]
    public void A_shared_object_is_no_cycle()
    {
        object[] shared = [1];
        ValueAssert.Same(new object[] { new object[] { 1 }, new object[] { 1 }, new Hashtable { { "k", new object[] { 1 } } } }, RoundTrip(new object[] { shared, shared, new Hashtable { { "k", shared } } }));
    }

    [Fact]
    public void Sixty_four_levels_of_every_kind_come_back()
    {
        Func<object?, object>[] kinds = [inner => new[] { inner }, inner => new Hashtable { { "k", inner } }, inner => new OrderedDictionary { { "k", inner } }, Wrap];
        object? value = new[] { 1, 2 };
        for (int level = 1; level < ValueWriter.MaxDepth; level++)
            value = kinds[level % kinds.Length](value);
        ValueAssert.Same(value, RoundTrip(value));
    }

    [Fact]
    public void Values_one_after_another_are_read_one_after_another()
    {
        GrowableBuffer buffer = new(1000);
        ValueWriter.Write(buffer, "first");
        ValueWriter.Write(buffer, new object[] { 2 });
        MessagePackReader reader = new(buffer.WrittenSpan);
        Assert.Equal("first", ValueReader.Read(ref reader));
        ValueAssert.Same(new object[] { 2 }, ValueReader.Read(ref reader));
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void A_value_larger_than_a_megabyte_comes_back()
    {
        object[] value = [.. Enumerable.Range(0, 70_000).Select(i => (object)$"item {i}")];
        ValueAssert.Same(value, RoundTrip(value));
        byte[] bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        ValueAssert.Same(bytes, RoundTrip(bytes));
        Hashtable table = new(Enumerable.Range(0, 70_000).ToDictionary(i => i, i => (long)i));
        ValueAssert.Same(table, RoundTrip(table));
    }

    internal static object? RoundTrip(object? value, ValueReaderOptions? options = null)
    {
        GrowableBuffer buffer = new(1 << 24);
        ValueWriter.Write(buffer, value);
        return ValueReader.Read(buffer.WrittenSpan, options);
    }

    private static ValueReaderOptions CaseInsensitive() => new()
    {
        CreateMap = capacity => new Hashtable(capacity, StringComparer.OrdinalIgnoreCase),
        CreateOrderedMap = capacity => new OrderedDictionary(capacity, StringComparer.OrdinalIgnoreCase),
    };

    private static PropertyBag Wrap(object? inner)
    {
        PropertyBag bag = new();
        bag.Add("p", inner);
        return bag;
    }

    private static class Nested
    {
        public enum Long : long
        {
            Min = long.MinValue,
            Max = long.MaxValue,
        }
    }

    private sealed class ReadOnlyMemoryList(object?[] items) : IReadOnlyCollection<object?>
    {
        public int Count => items.Length;

        public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)items).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
