using Persistence.Diagnostics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class MessagePackReaderTests
{
    private delegate T ReadFunction<out T>(ref MessagePackReader reader);

    private delegate void WriteAction(MessagePackWriter writer);

    public static TheoryData<long> Integers =>
    [
        0, 1, 31, 32, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, int.MaxValue + 1L, uint.MaxValue, uint.MaxValue + 1L,
        long.MaxValue, -1, -32, -33, -128, -129, -32768, -32769, int.MinValue, int.MinValue - 1L, long.MinValue,
    ];

    [Theory]
    [MemberData(nameof(Integers))]
    public void Integers_come_back(long value) => Assert.Equal(value, Read(writer => writer.WriteInteger(value), (ref reader) => reader.ReadInt64()));

    [Theory]
    [MemberData(nameof(Integers))]
    public void An_integer_reads_as_every_width_that_holds_it_and_is_malformed_as_any_other(long value)
    {
        AssertWidth(value, sbyte.MinValue, (ulong)sbyte.MaxValue, (ref reader) => reader.ReadSByte());
        AssertWidth(value, short.MinValue, (ulong)short.MaxValue, (ref reader) => reader.ReadInt16());
        AssertWidth(value, int.MinValue, int.MaxValue, (ref reader) => reader.ReadInt32());
        AssertWidth(value, 0, byte.MaxValue, (ref reader) => reader.ReadByte());
        AssertWidth(value, 0, ushort.MaxValue, (ref reader) => reader.ReadUInt16());
        AssertWidth(value, 0, uint.MaxValue, (ref reader) => reader.ReadUInt32());
        AssertWidth(value, 0, ulong.MaxValue, (ref reader) => (long)reader.ReadUInt64());
    }

    [Fact]
    public void The_largest_integer_reads_unsigned_only()
    {
        Assert.Equal(ulong.MaxValue, Read(writer => writer.WriteInteger(ulong.MaxValue), (ref reader) => reader.ReadUInt64()));
        AssertMalformed("CFFFFFFFFFFFFFFFFF", (ref reader) => reader.ReadInt64());
    }

    [Fact]
    public void A_small_number_in_a_wide_format_reads_all_the_same()
    {
        Assert.Equal(5, Read(writer => writer.WriteUInt64(5), (ref reader) => reader.ReadByte()));
        Assert.Equal(5, Read(writer => writer.WriteInt64(5), (ref reader) => reader.ReadByte()));
        Assert.Equal(-5, Read(writer => writer.WriteInt64(-5), (ref reader) => reader.ReadSByte()));
    }

    public static TheoryData<double> Doubles => [0.0, 1.5, double.Epsilon, double.MaxValue, double.NegativeInfinity, double.NaN, BitConverter.UInt64BitsToDouble(1UL << 63)];

    [Theory]
    [MemberData(nameof(Doubles))]
    public void Floats_come_back_bit_for_bit(double value)
    {
        double read = Read(writer => writer.WriteDouble(value), (ref reader) => reader.ReadDouble());
        Assert.Equal(BitConverter.DoubleToUInt64Bits(value), BitConverter.DoubleToUInt64Bits(read));
        float single = Read(writer => writer.WriteSingle((float)value), (ref reader) => reader.ReadSingle());
        Assert.Equal(BitConverter.SingleToUInt32Bits((float)value), BitConverter.SingleToUInt32Bits(single));
    }

    [Fact]
    public void A_short_float_reads_as_a_long_one_and_not_the_other_way_round()
    {
        Assert.Equal(1.5, Read(writer => writer.WriteSingle(1.5f), (ref reader) => reader.ReadDouble()));
        AssertMalformed("CB3FF8000000000000", (ref reader) => reader.ReadSingle());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(100_000)]
    public void Strings_and_bytes_of_every_header_width_come_back(int length)
    {
        string text = new('z', length);
        byte[] bytes = new byte[length];
        Array.Fill(bytes, (byte)0xC1);
        Assert.Equal(text, Read(writer => writer.WriteString(text), (ref reader) => reader.ReadString()));
        Assert.Equal(bytes, Read(writer => writer.WriteBinary(bytes), (ref reader) => reader.ReadBinary().ToArray()));
        Assert.Equal(bytes, Read(writer => writer.WriteExtension(-7, bytes), (ref reader) => ReadExtension(ref reader, -7)));
    }

    [Fact]
    public void Strings_and_bytes_are_views_of_the_input()
    {
        byte[] data = Convert.FromHexString("A3616263" + "C4020102");
        MessagePackReader reader = new(data);
        Assert.True(data.AsSpan().Overlaps(reader.ReadUtf8String(), out int at));
        Assert.Equal(1, at);
        Assert.True(data.AsSpan().Overlaps(reader.ReadBinary(), out at));
        Assert.Equal(6, at);
    }

    [Theory]
    [InlineData("A180")]
    [InlineData("A2C328")]
    [InlineData("A3EDA080")]
    [InlineData("A4F5808080")]
    public void Text_that_is_not_utf_8_is_malformed_but_its_bytes_can_be_had(string hex)
    {
        AssertMalformed(hex, (ref reader) => reader.ReadString());
        AssertMalformed(hex, (ref reader) =>
        {
            reader.SkipString();
            return 0;
        });
        MessagePackReader bytes = new(Convert.FromHexString(hex));
        Assert.Equal(hex[2..], Convert.ToHexString(bytes.ReadUtf8String()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Array_and_map_headers_of_every_width_come_back(int count)
    {
        Assert.Equal(count, Read(writer => WriteArray(writer, count), (ref reader) => ReadAll(ref reader, reader.ReadArrayHeader())));
        Assert.Equal(count, Read(writer => WriteMap(writer, count), (ref reader) => ReadAll(ref reader, 2 * reader.ReadMapHeader()) / 2));
    }

    [Theory]
    [InlineData("DDFFFFFFFF")]
    [InlineData("DD00000002C0")]
    [InlineData("DC0002C0")]
    [InlineData("92C0")]
    public void An_array_longer_than_the_bytes_is_not_believed(string hex) => AssertMalformed(hex, (ref reader) => reader.ReadArrayHeader());

    [Theory]
    [InlineData("DFFFFFFFFF")]
    [InlineData("DF80000000")]
    [InlineData("DF00000001C0")]
    [InlineData("DE0001C0")]
    [InlineData("81C0")]
    public void A_map_longer_than_the_bytes_is_not_believed(string hex) => AssertMalformed(hex, (ref reader) => reader.ReadMapHeader());

    [Theory]
    [InlineData("DBFFFFFFFF61")]
    [InlineData("DA000261")]
    [InlineData("D90261")]
    [InlineData("A261")]
    [InlineData("DB000000")]
    [InlineData("C6FFFFFFFF00")]
    [InlineData("C5000200")]
    [InlineData("C40200")]
    [InlineData("C9FFFFFFFF0100")]
    [InlineData("C800020100")]
    [InlineData("C7020100")]
    [InlineData("C900000000")]
    [InlineData("D80100")]
    [InlineData("D4")]
    [InlineData("D3000000")]
    [InlineData("CF000000")]
    [InlineData("CA00")]
    [InlineData("CB00")]
    [InlineData("C1")]
    [InlineData("91C1")]
    [InlineData("")]
    public void What_ends_early_or_begins_with_the_unused_byte_cannot_be_skipped(string hex)
    {
        AssertMalformed(hex, (ref reader) => reader.ReadRaw().Length);
        AssertMalformed(hex, (ref reader) => Skip(ref reader));
    }

    [Fact]
    public void Every_reading_method_refuses_every_other_type()
    {
        string[] samples = ["C0", "C3", "05", "CA00000000", "A161", "C40100", "91C0", "81C0C0", "D40100"];
        (ReadFunction<object?> Read, string[] Accepts)[] methods =
        [
            ((ref reader) => { reader.ReadNil(); return null; }, ["C0"]),
            ((ref reader) => reader.ReadBoolean(), ["C3"]),
            ((ref reader) => reader.ReadInt64(), ["05"]),
            ((ref reader) => reader.ReadUInt64(), ["05"]),
            ((ref reader) => reader.ReadSingle(), ["CA00000000"]),
            ((ref reader) => reader.ReadDouble(), ["CA00000000"]),
            ((ref reader) => reader.ReadString(), ["A161"]),
            ((ref reader) => reader.ReadStringOrNil(), ["A161", "C0"]),
            ((ref reader) => reader.ReadBinary().Length, ["C40100"]),
            ((ref reader) => reader.ReadArrayHeader(), ["91C0"]),
            ((ref reader) => reader.ReadMapHeader(), ["81C0C0"]),
            ((ref reader) => reader.ReadExtension(out _).Length, ["D40100"]),
            ((ref reader) => reader.ReadTimestamp(), []),
        ];
        foreach ((ReadFunction<object?> read, string[] accepts) in methods)
        {
            foreach (string sample in samples.Except(accepts))
                AssertMalformed(sample, read);
            foreach (string sample in accepts)
                Read(sample, read);
        }
    }

    [Theory]
    [InlineData("D7FFEE6B280000000000")]
    [InlineData("C70CFF3B9ACA000000000000000000")]
    [InlineData("C705FF0000000000")]
    [InlineData("D60000000000")]
    public void A_timestamp_that_is_none_is_malformed(string hex) => AssertMalformed(hex, (ref reader) => reader.ReadTimestamp());

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 999_999_999u)]
    [InlineData(uint.MaxValue, 0u)]
    [InlineData(uint.MaxValue + 1L, 7u)]
    [InlineData(17179869183, 999_999_999u)]
    [InlineData(17179869184, 0u)]
    [InlineData(-1, 1u)]
    [InlineData(long.MaxValue, 1u)]
    [InlineData(long.MinValue, 999_999_999u)]
    public void Timestamps_come_back(long seconds, uint nanoseconds)
    {
        MessagePackTimestamp value = new(seconds, nanoseconds);
        Assert.Equal(value, Read(writer => writer.WriteTimestamp(value), (ref reader) => reader.ReadTimestamp()));
    }

    [Fact]
    public void Timestamps_hold_every_point_in_time_of_the_runtime()
    {
        foreach (DateTimeOffset time in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddTicks(-1), new(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(5)) })
        {
            Assert.True(MessagePackTimestamp.From(time).TryGetTime(out DateTimeOffset back));
            Assert.Equal(time.UtcTicks, back.UtcTicks);
        }
        Assert.False(new MessagePackTimestamp(long.MaxValue, 0).TryGetTime(out _));
        Assert.False(new MessagePackTimestamp(long.MinValue, 0).TryGetTime(out _));
    }

    [Fact]
    public void Reading_raw_returns_one_whole_value()
    {
        byte[] data = Convert.FromHexString("C0" + "92C3" + "81A16101" + "05");
        MessagePackReader reader = new(data);
        reader.ReadNil();
        Assert.Equal("92C381A16101", Convert.ToHexString(reader.ReadRaw()));
        Assert.Equal(5, reader.ReadInt32());
        Assert.True(reader.AtEnd);
        reader.ExpectEnd();
    }

    [Fact]
    public void More_bytes_than_a_value_are_noticed_when_asked_for() =>
        AssertMalformed("C0C0", (ref reader) => { reader.ReadNil(); reader.ExpectEnd(); return 0; });

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(512)]
    public void Nesting_is_followed_to_the_limit_and_no_further(int maxDepth)
    {
        byte[] deepest = [.. Enumerable.Repeat((byte)0x91, maxDepth), 0xC0];
        MessagePackReader reader = new(deepest, maxDepth);
        Assert.Equal(deepest.Length, reader.ReadRaw().Length);
        byte[] deeper = [.. Enumerable.Repeat((byte)0x81, maxDepth + 1).SelectMany(map => new byte[] { map, 0x01 }), 0xC0];
        Assert.Throws<MalformedDataException>(() => new MessagePackReader(deeper, maxDepth).Skip());
    }

    [Fact]
    public void The_limit_is_64_levels_unless_asked_for()
    {
        Assert.Equal(64, new MessagePackReader([]).MaxDepth);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackReader([], 0).MaxDepth);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackReader([], 513).MaxDepth);
    }

    [Fact]
    public void The_error_says_where_and_never_what()
    {
        MalformedDataException error = Assert.Throws<MalformedDataException>(() =>
        {
            MessagePackReader reader = new(Convert.FromHexString("C0" + "A6736563726574"));
            reader.ReadNil();
            reader.ReadInt64();
        });
        Assert.Equal(StoreError.MalformedData, error.Error);
        Assert.Equal(1, error.PayloadOffset);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static void AssertWidth(long value, long min, ulong max, ReadFunction<long> read)
    {
        bool fits = value >= min && (value < 0 || (ulong)value <= max);
        if (fits)
            Assert.Equal(value, Read(writer => writer.WriteInteger(value), read));
        else
            Assert.Throws<MalformedDataException>(() => Read(writer => writer.WriteInteger(value), read));
    }

    private static void AssertMalformed<T>(string hex, ReadFunction<T> read)
    {
        MalformedDataException error = Assert.Throws<MalformedDataException>(() => Read(hex, read));
        Assert.Equal(StoreError.MalformedData, error.Error);
    }

    private static T Read<T>(WriteAction write, ReadFunction<T> read)
    {
        GrowableBuffer buffer = new(1 << 20);
        write(new MessagePackWriter(buffer));
        MessagePackReader reader = new(buffer.WrittenSpan);
        T value = read(ref reader);
        reader.ExpectEnd();
        return value;
    }

    private static T Read<T>(string hex, ReadFunction<T> read)
    {
        MessagePackReader reader = new(Convert.FromHexString(hex));
        return read(ref reader);
    }

    private static byte[] ReadExtension(ref MessagePackReader reader, sbyte expectedType)
    {
        byte[] body = reader.ReadExtension(out sbyte type).ToArray();
        Assert.Equal(expectedType, type);
        return body;
    }

    private static int Skip(ref MessagePackReader reader)
    {
        reader.Skip();
        return reader.Position;
    }

    private static int ReadAll(ref MessagePackReader reader, int count)
    {
        for (int i = 0; i < count; i++)
            reader.ReadNil();
        return count;
    }

    private static void WriteArray(MessagePackWriter writer, int count)
    {
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++)
            writer.WriteNil();
    }

    private static void WriteMap(MessagePackWriter writer, int count)
    {
        writer.WriteMapHeader(count);
        for (int i = 0; i < 2 * count; i++)
            writer.WriteNil();
    }
}
