using System.Buffers.Binary;
using Persistence.Serialization;

namespace Persistence.Checkpoints;

/// <summary>The last bytes of a checkpoint; layout in FORMAT.md.</summary>
internal readonly record struct CheckpointTrailer(long FooterOffset, int FooterBytes, uint FooterCrc, long FileBytes, uint FileCrc)
{
    public const int Bytes = 48;
    private const int CrcOffset = Bytes - 4;

    private static ReadOnlySpan<byte> Magic => [0x0A, 0x0D, 0x54, 0x50, 0x4B, 0x43, 0x50, 0x89];

    public void Encode(Span<byte> target)
    {
        target[..Bytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, FooterOffset);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], FooterBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], FooterCrc);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], FileBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], FileCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], CheckpointHeader.FormatVersion);
        Magic.CopyTo(target[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcOffset..], Crc32C.Compute(target[..CrcOffset]));
    }

    /// <summary>Reads a trailer and holds its offsets against the file's length.</summary>
    /// <exception cref="Diagnostics.StoreException"><see cref="Diagnostics.StoreError.CheckpointInvalid"/>, or unsupported when intact and newer.</exception>
    public static CheckpointTrailer Decode(ReadOnlySpan<byte> source, long fileBytes, string path)
    {
        long at = fileBytes - Bytes;
        if (source.Length != Bytes
            || !source[32..].StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]) != Crc32C.Compute(source[..CrcOffset]))
        {
            throw CheckpointErrors.Invalid(path, Math.Max(at, 0), "the trailer does not match its checksum");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]);
        if (version is 0 or > CheckpointHeader.FormatVersion)
            throw CheckpointErrors.Unsupported(path, (int)version, 0);
        CheckpointTrailer trailer = new(
            BinaryPrimitives.ReadInt64LittleEndian(source),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[24..]));
        bool fits = trailer.FileBytes == fileBytes
            && trailer.FooterBytes >= 0
            && trailer.FooterOffset >= CheckpointHeader.Bytes
            && trailer.FooterOffset == at - trailer.FooterBytes;
        return fits ? trailer : throw CheckpointErrors.Invalid(path, at, "the trailer does not describe this file");
    }
}
