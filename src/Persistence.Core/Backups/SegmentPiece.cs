using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>Bytes of a segment that a backup is to have.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="From">Offset of the first byte.</param>
/// <param name="To">Offset behind the last one: where its frames end.</param>
internal readonly record struct SegmentPiece(SegmentInfo Segment, long From, long To)
{
    public long Bytes => To - From;

    /// <summary>Where its bytes are read: whole ones in the archive are believed before those of the log.</summary>
    public SegmentInfo Source => Segment.Copy ?? Segment;
}
