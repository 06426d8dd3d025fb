using Persistence.State;
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

    /// <summary>Its bytes in the archive; null for a segment of the log.</summary>
    internal IArchivedContent? Archived { get; init; }

    /// <summary>An archived copy of a segment of the log, where one was looked for and found; or null.</summary>
    internal SegmentInfo? Copy { get; init; }

    /// <summary>Opens its bytes for reading.</summary>
    internal IFile Open(IFileSystem files) => Archived?.Open(files) ?? files.Open(Path, FileIntent.Read);

    /// <summary>Where its frames end: the one that continues it says so; where something is missing in between, an archived one does itself.</summary>
    /// <param name="next">The segment read after it, or null for none.</param>
    internal Lsn? FindEnd(SegmentInfo? next) => Archived is null || (next is not null && IsFollowedBy(next)) ? next?.Header?.PreviousEnd : Archived.End.Lsn;

    /// <summary>Whether a segment continues this one: nothing lies between.</summary>
    internal bool IsFollowedBy(SegmentInfo next) => next.Header!.PreviousSequence == Sequence;
}
