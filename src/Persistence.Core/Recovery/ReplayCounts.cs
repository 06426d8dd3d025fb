namespace Persistence.Recovery;

/// <summary>How much a rebuild read.</summary>
internal sealed record ReplayCounts(long Items, long Frames, long Records, int Segments, long Bytes);
