using Persistence.Configuration;

namespace Persistence.Wal;

/// <summary>What the log needs to know of the store's configuration.</summary>
/// <param name="SegmentBytes">Size of a segment.</param>
/// <param name="SectorBytes">What frames are aligned to in the segments begun from now on.</param>
/// <param name="FrameBytesMax">A frame takes no further commit above this many body bytes.</param>
/// <param name="ApplyWhenSequenced">Apply and acknowledge before the flush (durability Batch and None).</param>
/// <param name="FlushInterval">The longest time an unsynced frame may wait, or infinite.</param>
internal sealed record LogSettings(int SegmentBytes, int SectorBytes, int FrameBytesMax, bool ApplyWhenSequenced, TimeSpan FlushInterval)
{
    /// <summary>What a store's options say to its log.</summary>
    public static LogSettings From(StoreOptions options) => new(
        options.SegmentBytes,
        options.SectorBytes,
        options.FrameBytesMax,
        ApplyWhenSequenced: options.Durability != DurabilityMode.Sync,
        options.Durability == DurabilityMode.Batch ? TimeSpan.FromMilliseconds(options.FlushIntervalMs) : Timeout.InfiniteTimeSpan);
}
