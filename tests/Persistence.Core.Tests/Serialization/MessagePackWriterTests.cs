using Persistence.Diagnostics;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class MessagePackWriterTests
{
    private delegate void WriteAction(MessagePackWriter writer);

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "CC80")]
    [InlineData(255, "CCFF")]
    [InlineData(256, "CD0100")]
    [InlineData(65535, "CDFFFF")]
    [InlineData(65536, "CE00010000")]
    [InlineData(4294967295, "CEFFFFFFFF")]
    [InlineData(4294967296, "CF0000000100000000")]
    [InlineData(long.MaxValue, "CF7FFFFFFFFFFFFFFF")]
    [InlineData(-1, "FF")]
    [InlineData(-32, "E0")]
    [InlineData(-33, "D0DF")]
    [InlineData(-128, "D080")]
    [InlineData(-129, "D1FF7F")]
    [InlineData(-32768, "D18000")]
    [InlineData(-32769, "D2FFFF7FFF")]
    [InlineData(int.MinValue, "D280000000")]
    [InlineData(int.MinValue - 1L, "D3FFFFFFFF7FFFFFFF")]
    [InlineData(long.MinValue, "D38000000000000000")]
    public void Integers_take_the_fewest_bytes(long value, string hex) => AssertWrites(hex, writer => writer.WriteInteger(value));

    [Fact]
    public void Integers_keep_an_explicit_format()
    {
        AssertWrites("D001", writer => writer.WriteInt8(1));
        AssertWrites("CC01", writer => writer.WriteUInt8(1));
        AssertWrites("D10001", writer => writer.WriteInt16(1));
        AssertWrites("CD0001", writer => writer.WriteUInt16(1));
        AssertWrites("D200000001", writer => writer.WriteInt32(1));
        AssertWrites("CE00000001", writer => writer.WriteUInt32(1));
        AssertWrites("D30000000000000001", writer => writer.WriteInt64(1));
        AssertWrites("CF0000000000000001", writer => writer.WriteUInt64(1));
        AssertWrites("7F", writer => writer.WriteFixInt(127));
        AssertWrites("E0", writer => writer.WriteFixInt(-32));
        AssertWrites("CFFFFFFFFFFFFFFFFF", writer => writer.WriteInteger(ulong.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackWriter(new GrowableBuffer(10)).WriteFixInt(128));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackWriter(new GrowableBuffer(10)).WriteFixInt(-33));
    }

    [Fact]
    public void Scalars_are_as_specified()
    {
        AssertWrites("C0", writer => writer.WriteNil());
        AssertWrites("C2", writer => writer.WriteBoolean(false));
        AssertWrites("C3", writer => writer.WriteBoolean(true));
        AssertWrites("CA3FC00000", writer => writer.WriteSingle(1.5f));
        AssertWrites("CB3FF8000000000000", writer => writer.WriteDouble(1.5));
        AssertWrites("CB8000000000000000", writer => writer.WriteDouble(-0.0));
    }

    [Theory]
    [InlineData(0, "A0")]
    [InlineData(31, "BF")]
    [InlineData(32, "D920")]
    [InlineData(255, "D9FF")]
    [InlineData(256, "DA0100")]
    [InlineData(65535, "DAFFFF")]
    [InlineData(65536, "DB00010000")]
    public void Strings_have_the_shortest_header(int length, string header)
    {
        string text = new('a', length);
        string expected = header + string.Concat(Enumerable.Repeat("61", length));
        AssertWrites(expected, writer => writer.WriteString(text));
        AssertWrites(expected, writer => writer.WriteUtf8String(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Text_beyond_ascii_is_utf_8() => AssertWrites("A9C3A9E282ACF09F9880", writer => writer.WriteString("é€😀"));

    // Not theory data: attributes hold UTF-8, which cannot carry these strings either.
    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_nothing_written()
    {
        foreach (string text in new[] { "\uD800", "a\uDC00b", "ok\uD83D", "\uDE00\uD83D" })
        {
            GrowableBuffer buffer = new(1000);
            buffer.Write(0x11);
            StoreException error = Assert.Throws<StoreException>(() => new MessagePackWriter(buffer).WriteString(text));
            Assert.Equal(StoreError.ValueNotSupported, error.Error);
            Assert.False(new MessagePackWriter(buffer).TryWriteString(text));
            Assert.Equal([0x11], buffer.WrittenSpan.ToArray());
        }
    }

    [Theory]
    [InlineData(0, "C400")]
    [InlineData(255, "C4FF")]
    [InlineData(256, "C50100")]
    [InlineData(65536, "C600010000")]
    public void Bytes_have_the_shortest_header(int length, string header) =>
        AssertWrites(header + new string('0', 2 * length), writer => writer.WriteBinary(new byte[length]));

    [Fact]
    public void Array_and_map_headers_are_the_shortest()
    {
        AssertWrites("90", writer => writer.WriteArrayHeader(0));
        AssertWrites("9F", writer => writer.WriteArrayHeader(15));
        AssertWrites("DC0010", writer => writer.WriteArrayHeader(16));
        AssertWrites("DCFFFF", writer => writer.WriteArrayHeader(65535));
        AssertWrites("DD00010000", writer => writer.WriteArrayHeader(65536));
        AssertWrites("80", writer => writer.WriteMapHeader(0));
        AssertWrites("8F", writer => writer.WriteMapHeader(15));
        AssertWrites("DE0010", writer => writer.WriteMapHeader(16));
        AssertWrites("DF00010000", writer => writer.WriteMapHeader(65536));
    }

    [Theory]
    [InlineData(0, "C70005")]
    [InlineData(1, "D405")]
    [InlineData(2, "D505")]
    [InlineData(3, "C70305")]
    [InlineData(4, "D605")]
    [InlineData(8, "D705")]
    [InlineData(16, "D805")]
    [InlineData(17, "C71105")]
    [InlineData(256, "C8010005")]
    [InlineData(65536, "C90001000005")]
    public void Extensions_have_the_shortest_header(int length, string header) =>
        AssertWrites(header + new string('0', 2 * length), writer => writer.WriteExtension(5, new byte[length]));

    [Fact]
    public void An_extension_may_be_begun_before_its_length_is_known_and_nested() => AssertWrites(
        "C9000000080A" + "01" + "C9000000010B" + "02",
        writer =>
        {
            int outer = writer.BeginExtension(10);
            writer.WriteFixInt(1);
            int inner = writer.BeginExtension(11);
            writer.WriteFixInt(2);
            writer.EndExtension(inner);
            writer.EndExtension(outer);
        });

    [Theory]
    [InlineData(0, 0u, "D6FF00000000")]
    [InlineData(4294967295, 0u, "D6FFFFFFFFFF")]
    [InlineData(4294967296, 0u, "D7FF0000000100000000")]
    [InlineData(1, 1u, "D7FF0000000400000001")]
    [InlineData(17179869183, 999_999_999u, "D7FFEE6B27FFFFFFFFFF")]
    [InlineData(17179869184, 0u, "C70CFF000000000000000400000000")]
    [InlineData(-1, 5u, "C70CFF00000005FFFFFFFFFFFFFFFF")]
    public void Timestamps_take_the_shortest_of_three_forms(long seconds, uint nanoseconds, string hex) =>
        AssertWrites(hex, writer => writer.WriteTimestamp(new MessagePackTimestamp(seconds, nanoseconds)));

    [Fact]
    public void A_full_buffer_is_a_typed_error()
    {
        StoreException error = Assert.Throws<StoreException>(() => new MessagePackWriter(new GrowableBuffer(4)).WriteInt32(1));
        Assert.Equal(StoreError.RecordTooLarge, error.Error);
    }

    private static void AssertWrites(string hex, WriteAction write)
    {
        GrowableBuffer buffer = new(1 << 20);
        write(new MessagePackWriter(buffer));
        Assert.Equal(hex, Convert.ToHexString(buffer.WrittenSpan));
    }
}
