using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Entities.Values;

public sealed class FieldCodecTests
{
    public static TheoryData<string> Types => [.. SampleValues.Types.Select(static type => type.ToString())];

    [Theory]
    [MemberData(nameof(Types))]
    public void Values_come_back_from_rows_and_from_columns(string name)
    {
        FieldType type = FieldType.Parse(name);
        FieldCodec codec = FieldCodec.Of(type);
        object?[] values = [.. SampleValues.Of(type), codec.Zero];
        Column column = codec.CreateColumn(codec.Zero);
        // Far apart, so that there are pages between.
        int[] rows = [.. values.Select(static (_, i) => i * 1500)];
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.True(codec.TryConvert(values[i], out object? own));
            Assert.Equal(values[i], own);
            GrowableBuffer one = new(1 << 20);
            codec.Write(new MessagePackWriter(one), values[i]);
            MessagePackReader reader = new(one.WrittenSpan);
            Assert.Equal(values[i], codec.Read(ref reader));
            reader.ExpectEnd();
            MessagePackReader again = new(one.WrittenSpan);
            column.Read(rows[i], ref again);
            MessagePackReader check = new(one.WrittenSpan);
            codec.Check(ref check, referred: null);
            check.ExpectEnd();
        }

        GrowableBuffer all = new(1 << 22);
        column.WriteColumn(rows, new MessagePackWriter(all));
        Column other = codec.CreateColumn(codec.Zero);
        int[] elsewhere = [.. rows.Select(static row => row / 3)];
        MessagePackReader read = new(all.WrittenSpan);
        other.ReadColumn(elsewhere, ref read);
        read.ExpectEnd();
        Assert.Equal(values, elsewhere.Select(other.Get));
        Assert.Equal(codec.Zero, other.Get(1_000_000));
        Assert.All(values, value => Assert.True(value is null || codec.ValueType.IsInstanceOfType(value)));
    }

    public static TheoryData<string, string> Widenings => [.. from narrow in SampleValues.Types
                                                              from wide in SampleValues.Types
                                                              where narrow.IsArray && narrow.CanWidenTo(wide)
                                                              select (narrow.ToString(), wide.ToString())];

    /// <summary>Else a widened array might fit into no item of a checkpoint, though it fitted into its record.</summary>
    [Theory]
    [MemberData(nameof(Widenings))]
    public void An_array_that_is_widened_takes_no_more_bytes(string narrow, string wide)
    {
        Random random = new(1);
        FieldCodec from = FieldCodec.Of(FieldType.Parse(narrow));
        FieldCodec to = FieldCodec.Of(FieldType.Parse(wide));
        FieldType one = new(FieldType.Parse(narrow).Kind);
        Column drawn = FieldCodec.Of(one).CreateColumn(FieldCodec.Of(one).Zero);
        object?[] elements = [.. SampleValues.Of(one), .. Enumerable.Range(0, 2000).Select(_ => Draw(random, drawn))];
        foreach (object? element in elements)
        {
            Assert.True(from.TryConvert(new[] { element }, out object? before));
            Assert.True(to.TryConvert(before, out object? after));
            Assert.True(Encode(to, after).Length <= Encode(from, before).Length, $"{element}");
            MessagePackReader reader = new(Encode(to, after));
            Assert.Equal(BitsOf(after), BitsOf(to.Read(ref reader)));
        }
    }

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(1.1)]
    [InlineData(-0d)]
    [InlineData(4294967296d)]
    [InlineData(9007199254740993d)]
    [InlineData(1e300)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_float_in_an_array_comes_back_bit_for_bit(double value)
    {
        double[] values = [value, -value, BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) ^ 1)];
        FieldCodec codec = FieldCodec.Of(new FieldType(FieldKind.Float64, IsArray: true));
        MessagePackReader reader = new(Encode(codec, values));
        Assert.Equal(BitsOf(values), BitsOf(codec.Read(ref reader)));
    }

    private static byte[] BitsOf(object? array) => array switch
    {
        double[] doubles => [.. doubles.SelectMany(BitConverter.GetBytes)],
        float[] floats => [.. floats.SelectMany(BitConverter.GetBytes)],
        _ => Encode(FieldCodec.Of(SampleValues.Types.First(type => FieldCodec.Of(type).ValueType == array!.GetType())), array),
    };

    private static byte[] Encode(FieldCodec codec, object? value)
    {
        GrowableBuffer bytes = new(1 << 20);
        codec.Write(new MessagePackWriter(bytes), value);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Any bits, and small numbers as often.</summary>
    private static object? Draw(Random random, Column column)
    {
        GrowableBuffer bytes = new(64);
        column.WriteColumn([0], new MessagePackWriter(bytes));
        byte[] drawn = bytes.WrittenSpan.ToArray();
        Span<byte> value = drawn.AsSpan(2);
        random.NextBytes(value);
        if (random.Next(2) == 0)
            value[1..].Fill((byte)(random.Next(2) * 255));
        MessagePackReader reader = new(drawn);
        column.ReadColumn([0], ref reader);
        return column.Get(0);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_column_that_is_none_is_refused(string name)
    {
        FieldCodec codec = FieldCodec.Of(FieldType.Parse(name));
        Column column = codec.CreateColumn(codec.Zero);
        GrowableBuffer bytes = new(1 << 20);
        column.WriteColumn([0, 1], new MessagePackWriter(bytes));
        Assert.Throws<MalformedDataException>(() => Read(bytes.WrittenSpan.ToArray(), [0]));
        Assert.Throws<MalformedDataException>(() => Read(bytes.WrittenSpan.ToArray(), [0, 1, 2]));
        Assert.Throws<MalformedDataException>(() => Read(bytes.WrittenSpan[..^1].ToArray(), [0, 1]));
        Assert.Throws<MalformedDataException>(() => Read([0xC1], [0]));

        void Read(byte[] source, int[] rows)
        {
            MessagePackReader reader = new(source);
            codec.CreateColumn(codec.Zero).ReadColumn(rows, ref reader);
        }
    }

    [Theory]
    [InlineData("Bool", new byte[] { 0xC4, 1, 2 })]
    [InlineData("Time", new byte[] { 0xC4, 8, 255, 255, 255, 255, 255, 255, 255, 127 })]
    [InlineData("Reference", new byte[] { 0xC4, 8, 1, 0, 0, 0, 0, 0, 0, 0 })]
    public void So_is_one_with_a_value_that_cannot_be(string name, byte[] source)
    {
        Assert.Throws<MalformedDataException>(() =>
        {
            MessagePackReader reader = new(source);
            FieldCodec codec = FieldCodec.Of(FieldType.Parse(name));
            codec.CreateColumn(codec.Zero).ReadColumn([0], ref reader);
        });
    }

    [Theory]
    [InlineData("String", new byte[] { 0xA1, 0xFF })]
    [InlineData("String", new byte[] { 0xA2, 0x61 })]
    [InlineData("String", new byte[] { 0xC4, 0 })]
    [InlineData("Bytes", new byte[] { 0xC4, 2, 0 })]
    [InlineData("Bytes", new byte[] { 0xA0 })]
    [InlineData("Int8", new byte[] { 0xCC, 0x80 })]
    [InlineData("String[]", new byte[] { 0x91, 0xA1, 0xFF })]
    public void What_is_no_value_is_refused_when_it_is_checked_as_when_it_is_read(string name, byte[] source)
    {
        FieldCodec codec = FieldCodec.Of(FieldType.Parse(name));
        Assert.Throws<MalformedDataException>(() =>
        {
            MessagePackReader reader = new(source);
            codec.Read(ref reader);
        });
        Assert.Throws<MalformedDataException>(() =>
        {
            MessagePackReader reader = new(source);
            codec.Check(ref reader, referred: null);
        });
    }

    [Fact]
    public void A_length_that_cannot_be_takes_no_memory()
    {
        Assert.Throws<MalformedDataException>(() =>
        {
            MessagePackReader reader = new([0xDD, 0x7F, 0xFF, 0xFF, 0xFF]);
            FieldCodec.Of(FieldType.Parse("Int64[]")).Read(ref reader);
        });
    }

    [Theory]
    [InlineData(long.MaxValue, false)]
    [InlineData((1L << 53) + 1, false)]
    [InlineData(1L << 53, true)]
    [InlineData(long.MinValue, true)]
    public void An_integer_that_a_float_is_not_exact_for_is_none(long value, bool isOne)
    {
        GrowableBuffer bytes = new(1 << 10);
        new MessagePackWriter(bytes).WriteInteger(value);
        if (isOne)
            Assert.Equal((double)value, Read());
        else
            Assert.Throws<MalformedDataException>(() => Read());

        object? Read()
        {
            MessagePackReader reader = new(bytes.WrittenSpan);
            return FieldCodec.Of(new FieldType(FieldKind.Float64)).Read(ref reader);
        }
    }

    /// <summary>Each value of the narrower type, as a record has it, is the same value for the wider one.</summary>
    [Fact]
    public void What_was_written_for_a_narrower_type_is_read_for_a_wider_one()
    {
        int pairs = 0;
        foreach (FieldType narrow in SampleValues.Types)
        {
            foreach (FieldType wide in SampleValues.Types.Where(narrow.CanWidenTo))
            {
                pairs++;
                foreach (object? value in SampleValues.Of(narrow))
                {
                    GrowableBuffer bytes = new(1 << 20);
                    FieldCodec.Of(narrow).Write(new MessagePackWriter(bytes), value);
                    MessagePackReader reader = new(bytes.WrittenSpan);
                    object? read = FieldCodec.Of(wide).Read(ref reader);
                    Assert.True(FieldCodec.Of(wide).TryConvert(value, out object? converted));
                    Assert.Equal(converted, read);
                    Assert.Equal(Show(value), Show(read));
                }
            }
        }

        Assert.Equal(2 * 29, pairs);

        static string Show(object? value) => value switch
        {
            Array array => string.Join(',', array.Cast<object>().Select(Show)),
            float number => $"{(double)number:R}",
            _ => $"{value}",
        };
    }

    [Theory]
    [InlineData("Int8", 127, true)]
    [InlineData("Int8", 128, false)]
    [InlineData("UInt8", -1, false)]
    [InlineData("Int32", 7.0, true)]
    [InlineData("Int32", 7.5, false)]
    [InlineData("Int32", double.NaN, false)]
    [InlineData("Int64", 9.3e18, false)]
    [InlineData("UInt64", 1.8e19, true)]
    [InlineData("UInt64", long.MaxValue, true)]
    [InlineData("Int32", "7", false)]
    [InlineData("Int32", true, false)]
    [InlineData("Int32", null, false)]
    [InlineData("Float32", 0.1, true)]
    [InlineData("Float32", 1e300, false)]
    [InlineData("Float32", double.PositiveInfinity, true)]
    [InlineData("Float32", 16_777_217, false)]
    [InlineData("Float64", 16_777_217, true)]
    [InlineData("Float64", long.MaxValue, false)]
    [InlineData("Float32", long.MaxValue, false)]
    [InlineData("Float64", long.MinValue, true)]
    [InlineData("Float64", 1UL << 63, true)]
    [InlineData("Float64", ulong.MaxValue, false)]
    [InlineData("Float64", "1", false)]
    [InlineData("Bool", 1, false)]
    [InlineData("String", 'x', true)]
    [InlineData("String", 7, false)]
    [InlineData("Guid", "00112233-4455-6677-8899-aabbccddeeff", true)]
    [InlineData("Guid", "x", false)]
    [InlineData("Reference", "17.2", true)]
    [InlineData("Reference", "17", false)]
    [InlineData("Reference", null, true)]
    [InlineData("Duration", 5, false)]
    [InlineData("Int32[]", new long[] { 1, 2 }, true)]
    [InlineData("Int32[]", new long[] { 1, long.MaxValue }, false)]
    [InlineData("Int32[]", "12", false)]
    [InlineData("String[]", new string?[] { "a", null }, true)]
    [InlineData("Bool[]", new object?[] { true, null }, false)]
    public void Values_of_other_types_are_taken_where_nothing_is_lost(string name, object? value, bool isTaken)
    {
        FieldCodec codec = FieldCodec.Of(FieldType.Parse(name));
        Assert.Equal(isTaken, codec.TryConvert(value, out object? result));
        Assert.True(!isTaken || result is null || codec.ValueType.IsInstanceOfType(result));
    }
}
