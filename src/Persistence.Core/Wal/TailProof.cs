using System.Buffers.Binary;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>Looks past the first invalid frame for what proves that it was once durable (FORMAT.md §5.3).</summary>
internal static class TailProof
{
    /// <summary>Searches every sector boundary from <paramref name="badOffset"/> to the end of the file.</summary>
    /// <param name="window">The file's bytes.</param>
    /// <param name="header">Its valid header.</param>
    /// <param name="badOffset">Where there is no valid frame.</param>
    /// <param name="somethingWritten">Whether a frame of this incarnation starts there or after it, its body whole or not: evidence of an interrupted write.</param>
    /// <returns>LSN of a valid frame whose synced LSN lies above the bad position, or null.</returns>
    public static Lsn? Find(ReadWindow window, SegmentHeader header, long badOffset, out bool somethingWritten)
    {
        Lsn bad = header.FirstLsn + badOffset;
        somethingWritten = window.TryGet(badOffset, FrameHeader.Bytes, out ReadOnlySpan<byte> head) && ResemblesOwnHeader(head, header, badOffset);
        long end = Math.Min(window.FileBytes, header.SizeBytes) - FrameHeader.Bytes;
        for (long offset = badOffset; offset <= end; offset += header.SectorBytes)
        {
            if (!TryReadOwnHeader(window, header, offset, out FrameHeader frame))
                continue;
            somethingWritten = true;
            if (offset > badOffset && IsProof(window, frame, offset, bad))
                return header.FirstLsn + offset;
        }

        return null;
    }

    /// <summary>Whether a frame of this incarnation starts at or after an offset, its body whole or not.</summary>
    public static bool HasFrameHeader(ReadWindow window, SegmentHeader header, long fromOffset)
    {
        Find(window, header, fromOffset, out bool somethingWritten);
        return somethingWritten;
    }

    /// <summary>What is left of a header that does not match its checksum: salt or position is still this segment's.</summary>
    private static bool ResemblesOwnHeader(ReadOnlySpan<byte> head, SegmentHeader header, long offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(head[16..]) == header.Salt
        || BinaryPrimitives.ReadInt64LittleEndian(head[8..]) == (header.FirstLsn + offset).Value;

    private static bool IsProof(ReadWindow window, in FrameHeader frame, long offset, Lsn bad) =>
        frame.SyncedLsn > bad
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
