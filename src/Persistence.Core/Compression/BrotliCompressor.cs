using System.Buffers;
using System.IO.Compression;

namespace Persistence.Compression;

/// <summary>Brotli from the base library. Decoding needs at most the 16 MiB window of the format beside the destination.</summary>
public sealed class BrotliCompressor : ICompressor
{
    private const int WindowBits = 22;

    // Brotli's 11 is an order of magnitude slower than its 10 for a few per cent: no level maps to it.
    private const int QualityMax = 10;

    private readonly int _quality;

    /// <summary>Creates a compressor.</summary>
    /// <param name="level"><see cref="CompressionLevel.Min"/> to <see cref="CompressionLevel.Max"/>.</param>
    public BrotliCompressor(int level = CompressionLevel.Default) =>
        _quality = Math.Min((CompressionLevel.Validate(level) + 1) / 2, QualityMax);

    /// <inheritdoc/>
    public CodecId CodecId => CodecId.Brotli;

    /// <inheritdoc/>
    public int GetMaxCompressedLength(int length) => BrotliEncoder.GetMaxCompressedLength(length);

    /// <inheritdoc/>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        CompressionChecks.DestinationHolds(destination, GetMaxCompressedLength(source.Length));
        if (!BrotliEncoder.TryCompress(source, destination, out int written, _quality, WindowBits))
            throw new InvalidOperationException("Brotli needed more bytes than it said it could.");
        return written;
    }

    /// <inheritdoc/>
    public void Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        BrotliDecoder decoder = default;
        try
        {
            if (!TryDecompress(ref decoder, source, destination))
                throw CompressionChecks.Malformed("The block is not a Brotli stream of the length it should have");
        }
        finally
        {
            decoder.Dispose();
        }
    }

    private static bool TryDecompress(ref BrotliDecoder decoder, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        OperationStatus status = decoder.Decompress(source, destination, out int consumed, out int written);
        if (status == OperationStatus.DestinationTooSmall)
            return EndsWithoutOutput(ref decoder, source[consumed..]);
        return status == OperationStatus.Done && consumed == source.Length && written == destination.Length;
    }

    // A full destination, an empty one among them, is reported before the decoder has seen the end of the stream.
    private static bool EndsWithoutOutput(ref BrotliDecoder decoder, ReadOnlySpan<byte> rest)
    {
        Span<byte> beyond = stackalloc byte[1];
        OperationStatus status = decoder.Decompress(rest, beyond, out int consumed, out int written);
        return status == OperationStatus.Done && consumed == rest.Length && written == 0;
    }
}
