using Persistence.State;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>What there is in the archive from some position on.</summary>
/// <param name="Segments">Those that can be used, oldest first.</param>
/// <param name="Oldest">Where the first frame of the oldest one is, usable or not; null: there is none.</param>
internal readonly record struct ArchiveReading(IReadOnlyList<SegmentInfo> Segments, Lsn? Oldest);
