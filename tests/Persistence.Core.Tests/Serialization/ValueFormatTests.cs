using System.Collections;
using System.Collections.Specialized;
using System.Numerics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

/// <summary>Golden bytes: a line that changes here is a format that changed, and it must not.</summary>
public sealed class ValueFormatTests
{
    private static readonly (object? Value, string Hex)[] s_golden =
    [
        (null, "C0"),
        (false, "C2"),
        (true, "C3"),
        (0, "00"),
        (127, "7F"),
        (128, "D200000080"),
        (-32, "E0"),
        (-33, "D2FFFFFFDF"),
        (int.MinValue, "D280000000"),
        ((sbyte)1, "D001"),
        ((sbyte)-128, "D080"),
        ((byte)1, "CC01"),
        ((short)1, "D10001"),
        ((ushort)1, "CD0001"),
        (1u, "CE00000001"),
        (1L, "D30000000000000001"),
        (1UL, "CF0000000000000001"),
        (1.5f, "CA3FC00000"),
        (1.5, "CB3FF8000000000000"),
        (BitConverter.UInt64BitsToDouble(1UL << 63), "CB8000000000000000"),
        (BitConverter.UInt64BitsToDouble(0x7FF8000000001234), "CB7FF8000000001234"),
        ("", "A0"),
        ("é€", "A5C3A9E282AC"),
        (new string('x', 32), "D920" + Repeat("78", 32)),
        (new string('x', 256), "DA0100" + Repeat("78", 256)),
        ("a\uD800", "D6010061D800"),
        (new byte[] { 1, 2 }, "C4020102"),
        (Array.Empty<byte>(), "C400"),
        ('A', "D5020041"),
        ('\uD800', "D502D800"),
        (1.50m, "D803" + "00020000" + "00000000" + "00000000" + "00000096"),
        (decimal.MinValue, "D803" + "80000000" + "FFFFFFFF" + "FFFFFFFF" + "FFFFFFFF"),
        (BigInteger.Zero, "D40400"),
        (new BigInteger(128), "D5040080"),
        (new BigInteger(-128), "D40480"),
        (BigInteger.Pow(2, 64), "C70904" + "010000000000000000"),
        (new DateTime(1, DateTimeKind.Unspecified), "D705" + "0000000000000001"),
        (new DateTime(1, DateTimeKind.Utc), "D705" + "4000000000000001"),
        (new DateTime(1, DateTimeKind.Local), "D705" + "8000000000000001"),
        (new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(1)), "C70A06" + "08DC391DF494E000" + "003C"),
        (new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromMinutes(-90)), "C70A06" + "08DC391DF494E000" + "FFA6"),
        (TimeSpan.FromTicks(-1), "D707" + "FFFFFFFFFFFFFFFF"),
        (Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), "D808" + "00112233445566778899AABBCCDDEEFF"),
        (new DateOnly(1, 1, 2), "D609" + "00000001"),
        (new TimeOnly(2), "D70A" + "0000000000000002"),
        (new Version(1, 2), "D80B" + "00000001" + "00000002" + "FFFFFFFF" + "FFFFFFFF"),
        (new Version(1, 2, 3, 4), "D80B" + "00000001" + "00000002" + "00000003" + "00000004"),
        (new Uri("http://a/"), "C90000000C0C" + "92" + "C3" + "A9687474703A2F2F612F"),
        (new Uri("b", UriKind.Relative), "C9000000040C" + "92" + "C2" + "A162"),
        (Array.Empty<object>(), "90"),
        (new object?[] { null }, "91C0"),
        (new object?[] { 1, "a", null }, "9301A161C0"),
        (new ArrayList { 1 }, "9101"),
        (new List<string> { "a" }, "91A161"),
        (Lazy(), "DD000000020102"),
        (new Hashtable(), "80"),
        (new Hashtable { { 1, "a" } }, "8101A161"),
        (new Dictionary<string, int> { { "a", 1 } }, "81A16101"),
        (new OrderedDictionary { { "b", 1 }, { "a", 2 } }, "C9000000070D" + "82" + "A16201" + "A16102"),
        (Bag(null, ("a", 1)), "C9000000060E" + "92" + "C0" + "81" + "A16101"),
        (Bag(["T"], ("b", null), ("a", 2)), "C90000000B0E" + "92" + "91A154" + "82" + "A162C0" + "A16102"),
        (new[] { 1, 300 }, "C90000000E0F" + "92" + "A5496E743332" + "92" + "01" + "D20000012C"),
        (new string?[] { "a", null }, "C90000000C0F" + "92" + "A6537472696E67" + "92" + "A161" + "C0"),
        (Array.Empty<double>(), "C9000000090F" + "92" + "A6446F75626C65" + "90"),
        (DayOfWeek.Friday, "C90000001310" + "92" + "B053797374656D2E4461794F665765656B" + "05"),
        (GoldenColor.Red, "C90000003010" + "92" + "D92B50657273697374656E63652E54657374732E53657269616C697A6174696F6E2E476F6C64656E436F6C6F72" + "CC07"),
        (new UnresolvedEnum("A.B", (short)5), "C90000000810" + "92" + "A3412E42" + "D10005"),
    ];

    [Fact]
    public void Every_shape_is_written_as_the_format_says()
    {
        foreach ((object? value, string hex) in s_golden)
        {
            GrowableBuffer buffer = new(10_000);
            ValueWriter.Write(buffer, value);
            Assert.Equal($"{value?.GetType()}: {hex}", $"{value?.GetType()}: {Convert.ToHexString(buffer.WrittenSpan)}");
        }
    }

    [Fact]
    public void Every_golden_value_is_read_and_written_the_same_again()
    {
        foreach ((_, string hex) in s_golden)
        {
            GrowableBuffer buffer = new(10_000);
            object? read = ValueReader.Read(Convert.FromHexString(hex));
            ValueWriter.Write(buffer, read);
            string expected = hex.Replace("DD00000002", "92", StringComparison.Ordinal);
            Assert.Equal(expected, Convert.ToHexString(buffer.WrittenSpan));
        }
    }

    [Fact]
    public void Any_width_of_header_is_read()
    {
        Assert.Equal("a", ValueReader.Read(Convert.FromHexString("DB0000000161")));
        Assert.Equal('A', ValueReader.Read(Convert.FromHexString("C900000002020041")));
        Assert.Equal(new int[] { 1 }, ValueReader.Read(Convert.FromHexString("C7090F" + "92" + "A5496E743332" + "91" + "01")));
        Assert.Equal(new object[] { true }, ValueReader.Read(Convert.FromHexString("DC0001C3")));
    }

    private static IEnumerable<int> Lazy()
    {
        yield return 1;
        yield return 2;
    }

    private static PropertyBag Bag(string[]? typeNames, params (string Name, object? Value)[] properties)
    {
        PropertyBag bag = new(typeNames);
        foreach ((string name, object? value) in properties)
            bag.Add(name, value);
        return bag;
    }

    private static string Repeat(string hex, int count) => string.Concat(Enumerable.Repeat(hex, count));
}
