using System.Buffers.Binary;
using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>The first bytes of an archived segment; layout in ARCHIVE-FORMAT.md.</summary>
internal sealed record ArchiveHeader
{
    public const int Bytes = OwnBytes + SegmentHeader.Bytes;
    public const ushort FormatVersion = 1;

    private const int OwnBytes = 256;
    private const int CrcOffset = OwnBytes - 4;

    public required CodecId Codec { get; init; }

    public required int BlockBytes { get; init; }

    /// <summary>The sealed end, and the last frame before it.</summary>
    public required LogPosition End { get; init; }

    /// <summary>When the last frame of the segment was written, 100 ns units since 1970-01-01 UTC; 0: it has none.</summary>
    public required long LastTime { get; init; }

    /// <summary>100 ns units since 1970-01-01 UTC.</summary>
    public required long Archived { get; init; }

    /// <summary>The segment's own header.</summary>
    public required SegmentHeader Segment { get; init; }

    /// <summary>The same as it was on disk.</summary>
    public required byte[] Page { get; init; }

    public ArchiveName Name => ArchiveName.Of(Segment, End.Lsn, Codec);

    private static ReadOnlySpan<byte> Magic => [0x89, 0x50, 0x41, 0x52, 0x43, 0x0D, 0x0A, 0x1A];

    public void Encode(Span<byte> target)
    {
        target[..OwnBytes].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(target[10..], (ushort)Codec);
        Segment.StoreId.TryWriteBytes(target[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], Segment.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], Segment.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], Segment.FirstLsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[56..], End.Lsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[64..], End.Link.Lsn.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(target[72..], End.Link.Chain);
        BinaryPrimitives.WriteInt32LittleEndian(target[76..], BlockBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[80..], LastTime);
        BinaryPrimitives.WriteInt64LittleEndian(target[88..], Archived);
        Page.CopyTo(target[OwnBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcOffset..], ComputeCrc(target));
    }

    /// <summary>Reads a header.</summary>
    /// <param name="source">The file's first <see cref="Bytes"/> bytes, or less of a shorter one.</param>
    /// <param name="path">For errors.</param>
    /// <exception cref="StoreException">ChecksumMismatch when it is damaged, UnsupportedFormatVersion when it is intact and newer.</exception>
    public static ArchiveHeader Decode(ReadOnlySpan<byte> source, string path)
    {
        if (source.Length < Bytes || !source.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]) != ComputeCrc(source))
            throw ArchiveErrors.Damaged(path, 0, "the header does not match its checksum");
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        if (version is 0 or > FormatVersion || flags != 0)
            throw ArchiveErrors.Unsupported(path, version, flags);
        byte[] page = source.Slice(OwnBytes, SegmentHeader.Bytes).ToArray();
        SegmentHeader segment = SegmentHeader.Decode(page, path) ?? throw ArchiveErrors.Damaged(path, OwnBytes, "the header of the segment in it is damaged");
        ArchiveHeader header = new()
        {
            Codec = (CodecId)BinaryPrimitives.ReadUInt16LittleEndian(source[10..]),
            BlockBytes = BinaryPrimitives.ReadInt32LittleEndian(source[76..]),
            End = new LogPosition(
                new Lsn(BinaryPrimitives.ReadInt64LittleEndian(source[56..])),
                new FrameLink(new Lsn(BinaryPrimitives.ReadInt64LittleEndian(source[64..])), BinaryPrimitives.ReadUInt32LittleEndian(source[72..]))),
            LastTime = BinaryPrimitives.ReadInt64LittleEndian(source[80..]),
            Archived = BinaryPrimitives.ReadInt64LittleEndian(source[88..]),
            Segment = segment,
            Page = page,
        };
        return header.IsConsistent(source) ? header : throw ArchiveErrors.Damaged(path, 0, "the header contradicts itself");
    }

    private static uint ComputeCrc(ReadOnlySpan<byte> source) => Crc32C.Append(Crc32C.Compute(source[..CrcOffset]), source.Slice(OwnBytes, SegmentHeader.Bytes));

    private bool IsConsistent(ReadOnlySpan<byte> source) =>
        new Guid(source.Slice(16, 16), bigEndian: true) == Segment.StoreId
        && BinaryPrimitives.ReadInt64LittleEndian(source[32..]) == Segment.Sequence
        && BinaryPrimitives.ReadInt64LittleEndian(source[40..]) == Segment.Epoch
        && BinaryPrimitives.ReadInt64LittleEndian(source[48..]) == Segment.FirstLsn.Value
        && Enum.IsDefined(Codec)
        && BlockBytes is > 0 and <= Checkpoints.BlockHeader.RawBytesMax
        && End.Lsn >= Segment.FirstFrameLsn && End.Lsn <= Segment.NextFirstLsn;
}
