using System.Buffers.Binary;
using Persistence.Compression;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Serialization;

namespace Persistence.Checkpoints;

/// <summary>What precedes each block; layout in FORMAT.md.</summary>
internal readonly record struct BlockHeader(int RawBytes, int StoredBytes, CodecId Codec)
{
    public const int Bytes = 16;
    public const int RawBytesMax = 256 << 10;
    public const int StoredBytesMax = RawBytesMax + 1024;

    public void Encode(Span<byte> target, ReadOnlySpan<byte> stored)
    {
        target[..Bytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(target, RawBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], StoredBytes);
        target[8] = (byte)Codec;
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], Crc32C.Append(Crc32C.Compute(target[..12]), stored));
    }

    /// <summary>Reads lengths, which are bounded here and believed only once <see cref="Matches"/> holds.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, out BlockHeader header)
    {
        header = new BlockHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source), BinaryPrimitives.ReadInt32LittleEndian(source[4..]), (CodecId)source[8]);
        return header.RawBytes is > 0 and <= RawBytesMax && header.StoredBytes is > 0 and <= StoredBytesMax;
    }

    public static bool Matches(ReadOnlySpan<byte> source, ReadOnlySpan<byte> stored) =>
#if MUTANTS
        Mutants.Is(Mutants.CheckpointNotValidated) ||
#endif
        BinaryPrimitives.ReadUInt32LittleEndian(source[12..]) == Crc32C.Append(Crc32C.Compute(source[..12]), stored);
}
