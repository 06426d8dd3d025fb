namespace Persistence.Compaction;

/// <summary>Is given bytes of an archived segment, valid during the call.</summary>
/// <param name="bytes">Of one block.</param>
/// <param name="offset">Where they were in the segment.</param>
internal delegate void ArchivedBytesHandler(ReadOnlySpan<byte> bytes, long offset);
