namespace Persistence.Wal;

/// <summary>One segment file, as far as its header tells.</summary>
/// <param name="Sequence">From its name.</param>
/// <param name="Path">Inside the store.</param>
/// <param name="FileBytes">Its length.</param>
/// <param name="Header">Its header, or null when that is damaged or names another sequence.</param>
public sealed record SegmentInfo(long Sequence, string Path, long FileBytes, SegmentHeader? Header);
