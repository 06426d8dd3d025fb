using System.Text;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class Crc32CTests
{
    // The vectors of RFC 3720 appendix B.4, and the usual check value.
    public static TheoryData<string, uint> KnownVectors => new()
    {
        { Convert.ToHexString(Encoding.ASCII.GetBytes("123456789")), 0xE3069283 },
        { new string('0', 64), 0x8A9136AA },
        { string.Concat(Enumerable.Repeat("FF", 32)), 0x62A8AB43 },
        { string.Concat(Enumerable.Range(0, 32).Select(i => i.ToString("X2", null))), 0x46DD794E },
        { string.Concat(Enumerable.Range(0, 32).Select(i => (31 - i).ToString("X2", null))), 0x113FDB5C },
        { "01C00000000000000000000000000000" + "14000000000004000000001400000018" + "28000000000000000200000000000000", 0xD9963A56 },
    };

    [Theory]
    [MemberData(nameof(KnownVectors))]
    public void Known_vectors_come_out_as_published(string hex, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Convert.FromHexString(hex)));

    [Fact]
    public void No_bytes_have_checksum_zero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Fact]
    public void Every_length_agrees_with_the_bitwise_definition()
    {
        byte[] data = Bytes(10_000, seed: 1);
        uint reference = 0xFFFFFFFF;
        for (int length = 0; length <= data.Length; length++)
        {
            Assert.Equal(~reference, Crc32C.Compute(data.AsSpan(0, length)));
            if (length < data.Length)
                reference = AdvanceBitwise(reference, data[length]);
        }
    }

    [Theory]
    [InlineData(240)]
    [InlineData(256)]
    [InlineData(4080)]
    [InlineData(4096)]
    [InlineData(9999)]
    public void Unaligned_starts_agree_with_the_bitwise_definition(int length)
    {
        byte[] data = Bytes(length + 64, seed: 2);
        for (int offset = 0; offset < 64; offset++)
            Assert.Equal(Bitwise(data.AsSpan(offset, length)), Crc32C.Compute(data.AsSpan(offset, length)));
    }

    [Fact]
    public void A_large_block_agrees_with_the_bitwise_definition()
    {
        byte[] data = Bytes((1 << 20) + 13, seed: 3);
        Assert.Equal(Bitwise(data), Crc32C.Compute(data));
    }

    [Fact]
    public void Appending_is_the_same_as_computing_at_once()
    {
        byte[] data = Bytes(9_001, seed: 4);
        uint expected = Crc32C.Compute(data);
        for (int cut = 0; cut <= data.Length; cut += 37)
            Assert.Equal(expected, Crc32C.Append(Crc32C.Compute(data.AsSpan(0, cut)), data.AsSpan(cut)));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(0x0123456789ABCDEFUL)]
    [InlineData(ulong.MaxValue)]
    public void Appending_a_number_is_appending_its_little_endian_bytes(ulong value)
    {
        byte[] bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        uint before = Crc32C.Compute("earlier"u8);
        Assert.Equal(Crc32C.Append(before, bytes), Crc32C.Append(before, value));
    }

    [Fact]
    public void Any_single_flipped_bit_changes_the_checksum()
    {
        byte[] data = Bytes(300, seed: 5);
        uint expected = Crc32C.Compute(data);
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(expected, Crc32C.Compute(data));
            data[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static uint Bitwise(ReadOnlySpan<byte> data)
    {
        uint state = 0xFFFFFFFF;
        foreach (byte value in data)
            state = AdvanceBitwise(state, value);
        return ~state;
    }

    private static uint AdvanceBitwise(uint state, byte value)
    {
        state ^= value;
        for (int bit = 0; bit < 8; bit++)
            state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78 : state >> 1;
        return state;
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
