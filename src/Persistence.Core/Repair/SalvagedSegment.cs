using Persistence.Wal;

namespace Persistence.Repair;

/// <summary>A segment of which something may be read.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Sources">Where its bytes are, those of the log first.</param>
/// <param name="Limit">Offset where its frames end, as the segment after it says; null where none does.</param>
/// <param name="IsHeaderGuessed">Whether its header is damaged, and only what its frames say is known.</param>
internal sealed record SalvagedSegment(SegmentHeader Header, IReadOnlyList<SegmentInfo> Sources, long? Limit, bool IsHeaderGuessed)
{
    public string Path => Sources[0].Path;
}
