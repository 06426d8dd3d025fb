using Persistence.Diagnostics;

namespace Persistence.Compression;

/// <summary>One way to compress blocks that fit in memory. Thread-safe.</summary>
public interface ICompressor
{
    /// <summary>What a file records so that a reader finds the same codec.</summary>
    CodecId CodecId { get; }

    /// <summary>The most bytes <see cref="Compress"/> may need for <paramref name="length"/> bytes, whatever they are.</summary>
    int GetMaxCompressedLength(int length);

    /// <summary>Compresses a block. The result may be longer than the block; the caller then keeps the block as it is.</summary>
    /// <param name="source">The block; may be empty.</param>
    /// <param name="destination">Where to; at least <see cref="GetMaxCompressedLength"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    int Compress(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>
    /// Decompresses a block whose length the caller knows and has bounded. Writes nothing outside
    /// <paramref name="destination"/>, whatever the bytes are.
    /// </summary>
    /// <param name="source">What <see cref="Compress"/> wrote, exactly.</param>
    /// <param name="destination">Filled exactly.</param>
    /// <exception cref="MalformedDataException">
    /// <see cref="StoreError.MalformedData"/>: the source is damaged, goes on after the block, or holds another number of
    /// bytes. The content of the destination is unspecified.
    /// </exception>
    void Decompress(ReadOnlySpan<byte> source, Span<byte> destination);
}
