using System.Buffers.Binary;
using Persistence.Serialization;

namespace Persistence.Compaction;

/// <summary>The last bytes of an archived segment; layout in ARCHIVE-FORMAT.md.</summary>
internal readonly record struct ArchiveTrailer(long IndexOffset, int BlockCount, uint IndexCrc, long FileBytes, uint FileCrc)
{
    public const int Bytes = 48;
    public const int IndexEntryBytes = 4;

    private const int CrcOffset = Bytes - 4;

    private static ReadOnlySpan<byte> Magic => [0x1A, 0x0A, 0x0D, 0x43, 0x52, 0x41, 0x50, 0x89];

    public void Encode(Span<byte> target)
    {
        target[..Bytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, IndexOffset);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], BlockCount);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], IndexCrc);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], FileBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], FileCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], ArchiveHeader.FormatVersion);
        Magic.CopyTo(target[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcOffset..], Crc32C.Compute(target[..CrcOffset]));
    }

    /// <summary>Reads a trailer and holds its offsets against the file's length.</summary>
    /// <exception cref="Diagnostics.StoreException">ChecksumMismatch, or UnsupportedFormatVersion when it is intact and newer.</exception>
    public static ArchiveTrailer Decode(ReadOnlySpan<byte> source, long fileBytes, string path)
    {
        long at = fileBytes - Bytes;
        if (source.Length != Bytes
            || !source[32..].StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]) != Crc32C.Compute(source[..CrcOffset]))
        {
            throw ArchiveErrors.Damaged(path, Math.Max(at, 0), "the trailer does not match its checksum");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]);
        if (version is 0 or > ArchiveHeader.FormatVersion)
            throw ArchiveErrors.Unsupported(path, (int)version, 0);
        ArchiveTrailer trailer = new(
            BinaryPrimitives.ReadInt64LittleEndian(source),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[24..]));
        bool fits = trailer.FileBytes == fileBytes
            && trailer.BlockCount >= 0
            && trailer.IndexOffset >= ArchiveHeader.Bytes
            && trailer.IndexOffset == at - ((long)trailer.BlockCount * IndexEntryBytes);
        return fits ? trailer : throw ArchiveErrors.Damaged(path, at, "the trailer does not describe this file");
    }
}
