using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>One segment file, as far as its header tells.</summary>
/// <param name="Sequence">From its name.</param>
/// <param name="Path">Inside the store.</param>
/// <param name="FileBytes">Its length.</param>
/// <param name="Header">Its header, or null when that is damaged, cannot be read, or names another sequence.</param>
public sealed record SegmentInfo(long Sequence, string Path, long FileBytes, SegmentHeader? Header)
{
    /// <summary>Why the device did not give the header, or null when it did.</summary>
    public StorageException? Unreadable { get; init; }
}
