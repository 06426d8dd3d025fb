namespace Persistence.Wal;

/// <summary>What a log has done since it was opened.</summary>
/// <param name="Commits">Commits sequenced.</param>
/// <param name="Records">Records sequenced.</param>
/// <param name="Frames">Frames written, markers included.</param>
/// <param name="Flushes">Data syncs of the active segment.</param>
/// <param name="BytesWritten">Bytes of frames written, padding included.</param>
/// <param name="Rolls">Segments begun.</param>
public readonly record struct LogStatistics(long Commits, long Records, long Frames, long Flushes, long BytesWritten, long Rolls);
