namespace Persistence.Compaction;

/// <summary>A file of the archive, as far as retention is concerned.</summary>
/// <param name="Name">Its name.</param>
/// <param name="StoredBytes">Its length.</param>
/// <param name="LastTime">When the last frame up to its end was written, 100 ns units since 1970-01-01 UTC.</param>
internal readonly record struct ArchivedSegmentFile(ArchiveName Name, long StoredBytes, long LastTime);
