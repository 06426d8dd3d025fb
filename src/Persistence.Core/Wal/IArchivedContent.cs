using Persistence.Storage;

namespace Persistence.Wal;

/// <summary>The sealed bytes of a segment that is not, or not only, in the log.</summary>
internal interface IArchivedContent
{
    /// <summary>Where they end: the sealed end, and the last frame before it.</summary>
    LogPosition End { get; }

    /// <summary>Whether they reach to where a segment goes on that names theirs as the one before it: to the very frame, or, where it begins a branch, beyond it.</summary>
    bool Covers(SegmentHeader next) => End == new LogPosition(next.PreviousEnd, next.PreviousLink) || (next.BeginsBranch && End.Lsn > next.PreviousEnd);

    /// <summary>Opens them as the file they were, for reading.</summary>
    /// <exception cref="StorageException">NotFound when it has been removed, and the rest.</exception>
    /// <exception cref="Diagnostics.StoreException">ChecksumMismatch, UnsupportedFormatVersion.</exception>
    IFile Open(IFileSystem files);
}
