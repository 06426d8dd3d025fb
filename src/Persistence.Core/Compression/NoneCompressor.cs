namespace Persistence.Compression;

/// <summary>Copies blocks as they are.</summary>
public sealed class NoneCompressor : ICompressor
{
    /// <summary>The one instance: it holds no state.</summary>
    public static NoneCompressor Instance { get; } = new();

    private NoneCompressor()
    {
    }

    /// <inheritdoc/>
    public CodecId CodecId => CodecId.None;

    /// <inheritdoc/>
    public int GetMaxCompressedLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return length;
    }

    /// <inheritdoc/>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        CompressionChecks.DestinationHolds(destination, GetMaxCompressedLength(source.Length));
        source.CopyTo(destination);
        return source.Length;
    }

    /// <inheritdoc/>
    public void Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.Length != destination.Length)
            throw CompressionChecks.Malformed("The block is stored as it is and has another length than it should");
        source.CopyTo(destination);
    }
}
