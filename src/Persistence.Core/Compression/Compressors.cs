using Persistence.Diagnostics;

namespace Persistence.Compression;

/// <summary>The compressors there are. The instances handed out are shared and thread-safe.</summary>
public static class Compressors
{
    private static readonly BrotliCompressor s_brotli = new();
    private static readonly ZstdCompressor? s_zstd = CreateZstd(ZstdLibrary.System, CompressionLevel.Default);

    /// <summary>What new data is compressed with when nothing else is asked for: zstd where libzstd loads, else Brotli.</summary>
    public static ICompressor Default => Choose(s_zstd);

    /// <summary>The compressor for new data at a level, zstd where libzstd loads, else Brotli.</summary>
    /// <param name="level"><see cref="CompressionLevel.Min"/> to <see cref="CompressionLevel.Max"/>.</param>
    public static ICompressor CreateDefault(int level) => Create(ZstdCompressor.IsAvailable ? CodecId.Zstd : CodecId.Brotli, level);

    /// <summary>The compressor for new data with a codec the user chose.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="level"><see cref="CompressionLevel.Min"/> to <see cref="CompressionLevel.Max"/>; without meaning for <see cref="CodecId.None"/>.</param>
    /// <exception cref="StoreException"><see cref="StoreError.CompressionUnavailable"/>: its library cannot be loaded.</exception>
    public static ICompressor Create(CodecId codec, int level = CompressionLevel.Default) => codec switch
    {
        CodecId.None => NoneCompressor.Instance,
        CodecId.Brotli => new BrotliCompressor(level),
        CodecId.Zstd => new ZstdCompressor(level),
        _ => throw new ArgumentOutOfRangeException(nameof(codec)),
    };

    /// <summary>The compressor that reads what a file says it was compressed with.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.CompressionUnavailable"/>: its library cannot be loaded; the message says what to install.
    /// <see cref="StoreError.UnsupportedFormatVersion"/>: a codec this version does not know.
    /// </exception>
    public static ICompressor ForReading(CodecId codec) => ForReading(codec, s_zstd);

    internal static ICompressor Choose(ZstdCompressor? zstd) => (ICompressor?)zstd ?? s_brotli;

    internal static ICompressor ForReading(CodecId codec, ZstdCompressor? zstd) => codec switch
    {
        CodecId.None => NoneCompressor.Instance,
        CodecId.Brotli => s_brotli,
        CodecId.Zstd => zstd ?? throw ZstdCompressor.Unavailable(),
        _ => throw new StoreException(StoreError.UnsupportedFormatVersion, $"The data is compressed with codec {(byte)codec}, which this version does not know; a newer one wrote it."),
    };

    private static ZstdCompressor? CreateZstd(ZstdLibrary? library, int level) => library is null ? null : new ZstdCompressor(library, level);
}
