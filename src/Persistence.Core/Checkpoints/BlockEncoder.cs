using Persistence.Compression;
using Persistence.Serialization;

namespace Persistence.Checkpoints;

/// <summary>Makes blocks, one after the other, in the same memory.</summary>
/// <param name="compressor">How they are compressed, or null; one that does not shrink is stored as it is.</param>
internal sealed class BlockEncoder(ICompressor? compressor)
{
    /// <summary>
    /// Raw bytes per block, what is written here: small, so that the thread that compresses one is soon done and can make room for a commit's.
    /// Blocks of 256 KiB make a checkpoint a few per cent smaller, and commits wait longer.
    /// </summary>
    public const int RawBytes = 32 << 10;

    private readonly GrowableBuffer _block = new(BlockHeader.Bytes + (RawBytes * 2));

    /// <summary>Header and stored bytes of the block made last.</summary>
    public ReadOnlySpan<byte> Written => _block.WrittenSpan;

    /// <summary>Makes one; <see cref="Written"/> holds it until the next.</summary>
    public BlockHeader Encode(ReadOnlySpan<byte> raw)
    {
        _block.Reset();
        _block.Append(BlockHeader.Bytes);
        CodecId codec = Compress(raw);
        BlockHeader header = new(raw.Length, _block.Length - BlockHeader.Bytes, codec);
        header.Encode(_block.GetSpanAt(0, BlockHeader.Bytes), _block.WrittenSpan[BlockHeader.Bytes..]);
        return header;
    }

    private CodecId Compress(ReadOnlySpan<byte> raw)
    {
        if (compressor is not null)
        {
            int stored = compressor.Compress(raw, _block.Append(compressor.GetMaxCompressedLength(raw.Length)));
            _block.Truncate(BlockHeader.Bytes + (stored < raw.Length ? stored : 0));
            if (stored < raw.Length)
                return compressor.CodecId;
        }

        _block.Write(raw);
        return CodecId.None;
    }
}
