using System.Buffers.Binary;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>Looks past the first invalid frame for what proves that it was once durable (FORMAT.md §5.3).</summary>
internal static class TailProof
{
    /// <summary>Searches every sector boundary after <paramref name="badOffset"/> to the end of the file.</summary>
    /// <returns>LSN of a valid frame whose synced LSN lies above the bad position, or null.</returns>
    public static Lsn? Find(ReadWindow window, SegmentHeader header, long badOffset)
    {
        Lsn bad = header.FirstLsn + badOffset;
        long end = Math.Min(window.FileBytes, header.SizeBytes) - FrameHeader.Bytes;
        for (long offset = badOffset + header.SectorBytes; offset <= end; offset += header.SectorBytes)
        {
            if (IsProof(window, header, offset, bad))
                return header.FirstLsn + offset;
        }

        return null;
    }

    /// <summary>Whether a frame of this incarnation starts at or after an offset, its body whole or not: evidence of an interrupted write.</summary>
    public static bool HasFrameHeader(ReadWindow window, SegmentHeader header, long fromOffset)
    {
        if (window.TryGet(fromOffset, FrameHeader.Bytes, out ReadOnlySpan<byte> head) && ResemblesOwnHeader(head, header, fromOffset))
            return true;
        long end = Math.Min(window.FileBytes, header.SizeBytes) - FrameHeader.Bytes;
        for (long offset = fromOffset; offset <= end; offset += header.SectorBytes)
        {
            if (TryReadOwnHeader(window, header, offset, out _))
                return true;
        }

        return false;
    }

    /// <summary>What is left of a header that does not match its checksum: salt or position is still this segment's.</summary>
    private static bool ResemblesOwnHeader(ReadOnlySpan<byte> head, SegmentHeader header, long offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(head[16..]) == header.Salt
        || BinaryPrimitives.ReadInt64LittleEndian(head[8..]) == (header.FirstLsn + offset).Value;

    private static bool IsProof(ReadWindow window, SegmentHeader header, long offset, Lsn bad) =>
        TryReadOwnHeader(window, header, offset, out FrameHeader frame)
        && frame.SyncedLsn > bad
        && frame.BodyBytes >= 0
        && window.TryGet(offset + FrameHeader.Bytes, frame.BodyBytes, out ReadOnlySpan<byte> body)
        && Crc32C.Compute(body) == frame.BodyCrc;

    private static bool TryReadOwnHeader(ReadWindow window, SegmentHeader header, long offset, out FrameHeader frame)
    {
        frame = default;
        return window.TryGet(offset, FrameHeader.Bytes, out ReadOnlySpan<byte> head)
            && BinaryPrimitives.ReadUInt32LittleEndian(head) != 0
            && FrameHeader.TryDecode(head, out frame)
            && frame.Salt == header.Salt
            && frame.Lsn == header.FirstLsn + offset;
    }
}
