using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.Storage;

namespace Persistence.Checkpoints;

/// <summary>Reads the blocks of a checkpoint file one after the other, and checks each.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">Where the first one begins.</param>
/// <param name="end">Where the last one ends.</param>
internal sealed class BlockReader(IFile file, long offset, long end)
{
    private byte[] _stored = [];
    private byte[] _raw = [];

    /// <summary>Where the next one begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Reads one.</summary>
    /// <param name="stored">The bytes as they are in the file, header included; valid until the next call.</param>
    /// <returns>The raw bytes; valid until the next call.</returns>
    /// <exception cref="StoreException">CheckpointInvalid.</exception>
    public ReadOnlySpan<byte> Read(out ReadOnlySpan<byte> stored)
    {
        long at = Offset;
        ReadOnlySpan<byte> head = ReadStored(0, BlockHeader.Bytes);
        if (!BlockHeader.TryDecode(head, out BlockHeader header) || header.StoredBytes > end - Offset)
            throw CheckpointErrors.Invalid(file.Path, at, "a block has an impossible length");
        ReadOnlySpan<byte> body = ReadStored(BlockHeader.Bytes, header.StoredBytes);
        stored = _stored.AsSpan(0, BlockHeader.Bytes + header.StoredBytes);
        if (!BlockHeader.Matches(stored[..BlockHeader.Bytes], body))
            throw CheckpointErrors.Invalid(file.Path, at, "a block does not match its checksum");
        if (header.Codec == CodecId.None)
            return header.StoredBytes == header.RawBytes ? body : throw CheckpointErrors.Invalid(file.Path, at, "a block has an impossible length");
        return Decompress(header, body, at);
    }

    private ReadOnlySpan<byte> Decompress(BlockHeader header, ReadOnlySpan<byte> stored, long at)
    {
        if (_raw.Length < header.RawBytes)
            _raw = new byte[header.RawBytes];
        try
        {
            Compressors.ForReading(header.Codec).Decompress(stored, _raw.AsSpan(0, header.RawBytes));
        }
        catch (MalformedDataException e)
        {
            throw CheckpointErrors.Invalid(file.Path, at, "a block does not decompress", e);
        }

        return _raw.AsSpan(0, header.RawBytes);
    }

    private ReadOnlySpan<byte> ReadStored(int kept, int count)
    {
        if (_stored.Length < kept + count)
            Array.Resize(ref _stored, kept + count);
        Span<byte> bytes = _stored.AsSpan(kept, count);
        if (file.Read(bytes, Offset) != count)
            throw CheckpointErrors.Invalid(file.Path, Offset, "the file ends early");
        Offset += count;
        return bytes;
    }
}
