using System.Text;
using Persistence.Compression;
using Persistence.Diagnostics;
using Xunit;

namespace Persistence.Tests.Compression;

public sealed class CompressorTests
{
    public static TheoryData<CodecId> Codecs => ZstdCompressor.IsAvailable ? [CodecId.None, CodecId.Brotli, CodecId.Zstd] : [CodecId.None, CodecId.Brotli];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Blocks_of_every_kind_and_size_come_back(CodecId codec)
    {
        ICompressor compressor = Compressors.Create(codec);
        Assert.Equal(codec, compressor.CodecId);
        foreach (int length in new[] { 0, 1, 2, 17, 255, 4096, 65_537, 262_144 })
        {
            foreach (byte[] block in new[] { new byte[length], Text(length), Noise(length) })
                Assert.Equal(block, Decompress(Compressors.ForReading(codec), Compress(compressor, block), length));
        }
    }

    [Theory]
    [InlineData(CodecId.Brotli)]
    [InlineData(CodecId.Zstd)]
    public void Every_level_works_and_compresses(CodecId codec)
    {
        SkipWithout(codec);
        byte[] block = Text(50_000);
        for (int level = CompressionLevel.Min; level <= CompressionLevel.Max; level++)
            Assert.True(RoundTripSize(Compressors.Create(codec, level), block) < block.Length / 2);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_wrong_length_is_malformed(CodecId codec)
    {
        ICompressor compressor = Compressors.Create(codec);
        byte[] stored = Compress(compressor, Text(1000));
        foreach (int length in new[] { 0, 1, 999, 1001, 100_000 })
            AssertMalformed(() => Decompress(compressor, stored, length));
        AssertMalformed(() => Decompress(compressor, [], 1000));
    }

    [Theory]
    [InlineData(CodecId.Brotli)]
    [InlineData(CodecId.Zstd)]
    public void An_empty_source_is_malformed_even_for_an_empty_block(CodecId codec)
    {
        SkipWithout(codec);
        AssertMalformed(() => Decompress(Compressors.Create(codec), [], 0));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_cut_source_and_a_longer_source_are_malformed(CodecId codec)
    {
        ICompressor compressor = Compressors.Create(codec);
        byte[] stored = Compress(compressor, Text(300));
        for (int length = 0; length < stored.Length; length++)
            AssertMalformed(() => Decompress(compressor, stored[..length], 300));
        AssertMalformed(() => Decompress(compressor, [.. stored, 0], 300));
    }

    [Theory]
    [InlineData(CodecId.Brotli)]
    [InlineData(CodecId.Zstd)]
    public void Damage_is_malformed_or_changes_content_but_never_leaves_the_destination(CodecId codec)
    {
        SkipWithout(codec);
        ICompressor compressor = Compressors.Create(codec);
        byte[] stored = Compress(compressor, Text(2000));
        Random random = new(7);
        byte[] arena = new byte[16 + 2000 + 16];
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. stored];
            for (int hits = random.Next(1, 4); hits > 0; hits--)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Array.Fill(arena, (byte)0xEE);
            TryDecompress(compressor, damaged, arena.AsSpan(16, 2000));
            Assert.True(arena.AsSpan(0, 16).IndexOfAnyExcept((byte)0xEE) < 0);
            Assert.True(arena.AsSpan(2016).IndexOfAnyExcept((byte)0xEE) < 0);
        }
    }

    [Theory]
    [InlineData(CodecId.Brotli)]
    [InlineData(CodecId.Zstd)]
    public void Noise_is_malformed(CodecId codec)
    {
        SkipWithout(codec);
        ICompressor compressor = Compressors.Create(codec);
        for (int seed = 0; seed < 500; seed++)
            TryDecompress(compressor, Noise(1 + (seed % 100), seed), new byte[64]);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_bomb_does_not_write_more_than_was_asked_for(CodecId codec)
    {
        ICompressor compressor = Compressors.Create(codec);
        byte[] stored = Compress(compressor, new byte[10_000_000]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertMalformed(() => Decompress(compressor, stored, 100));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_destination_that_may_be_too_short_is_the_callers_mistake(CodecId codec)
    {
        ICompressor compressor = Compressors.Create(codec);
        byte[] block = Text(1000);
        Assert.Throws<ArgumentException>(() => compressor.Compress(block, new byte[compressor.GetMaxCompressedLength(1000) - 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => compressor.GetMaxCompressedLength(-1));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void One_instance_serves_many_threads(CodecId codec)
    {
        ICompressor compressor = Compressors.Create(codec);
        Parallel.For(0, 64, seed =>
        {
            byte[] block = seed % 2 == 0 ? Text(10_000 + seed) : Noise(5_000 + seed, seed);
            Assert.Equal(block, Decompress(compressor, Compress(compressor, block), block.Length));
        });
    }

    [Fact]
    public void Levels_out_of_range_are_the_callers_mistake()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BrotliCompressor(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BrotliCompressor(20));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compressors.Create((CodecId)3));
    }

    [Fact]
    public void A_stored_codec_of_a_newer_version_is_unsupported_and_not_corrupt()
    {
        StoreException error = Assert.Throws<StoreException>(() => Compressors.ForReading((CodecId)77));
        Assert.Equal(StoreError.UnsupportedFormatVersion, error.Error);
        Assert.Contains("77", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_libzstd_new_data_is_brotli_and_reading_zstd_says_what_to_install()
    {
        Assert.Null(ZstdLibrary.TryLoad(["no-such-library-of-that-name.so"]));
        Assert.Equal(CodecId.Brotli, Compressors.Choose(null).CodecId);
        StoreException error = Assert.Throws<StoreException>(() => Compressors.ForReading(CodecId.Zstd, null));
        Assert.Equal(StoreError.CompressionUnavailable, error.Error);
        Assert.Contains("libzstd", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_without_the_functions_is_passed_over()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a library that is on every Linux");
        Assert.Null(ZstdLibrary.TryLoad(["libc.so.6"]));
    }

    [Fact]
    public void With_libzstd_new_data_is_zstd()
    {
        SkipWithout(CodecId.Zstd);
        Assert.Equal(CodecId.Zstd, Compressors.Default.CodecId);
        Assert.Equal(CodecId.Zstd, Compressors.CreateDefault(9).CodecId);
    }

    // RFC 8878 and RFC 7932 streams written by the reference tools: the codecs are the published ones.
    [Fact]
    public void Streams_of_the_published_formats_are_read()
    {
        Assert.Equal("hello"u8.ToArray(), Decompress(Compressors.ForReading(CodecId.Brotli), Convert.FromHexString("0B028068656C6C6F03"), 5));
        SkipWithout(CodecId.Zstd);
        Assert.Equal("hello"u8.ToArray(), Decompress(Compressors.ForReading(CodecId.Zstd), Convert.FromHexString("28B52FFD005829000068656C6C6F"), 5));
    }

    [Fact]
    public void The_numbers_on_disk_stay()
    {
        Assert.Equal(0, (byte)CodecId.None);
        Assert.Equal(1, (byte)CodecId.Brotli);
        Assert.Equal(2, (byte)CodecId.Zstd);
    }

    private static void SkipWithout(CodecId codec) => Assert.SkipUnless(codec != CodecId.Zstd || ZstdCompressor.IsAvailable, "libzstd is not installed");

    private static int RoundTripSize(ICompressor compressor, byte[] block)
    {
        byte[] stored = Compress(compressor, block);
        Assert.Equal(block, Decompress(compressor, stored, block.Length));
        return stored.Length;
    }

    private static byte[] Compress(ICompressor compressor, byte[] block)
    {
        byte[] destination = new byte[compressor.GetMaxCompressedLength(block.Length)];
        return destination[..compressor.Compress(block, destination)];
    }

    private static byte[] Decompress(ICompressor compressor, byte[] stored, int length)
    {
        byte[] block = new byte[length];
        compressor.Decompress(stored, block);
        return block;
    }

    private static void TryDecompress(ICompressor compressor, byte[] stored, Span<byte> destination)
    {
        try
        {
            compressor.Decompress(stored, destination);
        }
        catch (MalformedDataException)
        {
            // The one error there may be.
        }
    }

    private static void AssertMalformed(Action action) => Assert.Equal(StoreError.MalformedData, Assert.Throws<MalformedDataException>(action).Error);

    private static byte[] Text(int length)
    {
        StringBuilder text = new();
        for (int line = 0; text.Length < length; line++)
            text.Append("line ").Append(line * 7919 % 1000).Append(" of the log, ");
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    private static byte[] Noise(int length, int seed = 1)
    {
        byte[] noise = new byte[length];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
