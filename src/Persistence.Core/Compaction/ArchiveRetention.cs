namespace Persistence.Compaction;

/// <summary>How much of the archive is kept. What exceeds any of the limits may go.</summary>
/// <param name="Files">Number of files; 0: no limit.</param>
/// <param name="Bytes">Bytes of all files together, as stored; 0: no limit.</param>
/// <param name="Since">Segments with a record from this moment on are kept, 100 ns units since 1970-01-01 UTC; <see cref="long.MinValue"/>: no limit by age.</param>
internal readonly record struct ArchiveRetention(int Files, long Bytes, long Since);
