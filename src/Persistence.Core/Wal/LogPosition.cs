using Persistence.State;

namespace Persistence.Wal;

/// <summary>A frame boundary: where the next frame goes, and the frame before it.</summary>
/// <param name="Lsn">LSN of the next frame.</param>
/// <param name="Link">The last frame.</param>
public readonly record struct LogPosition(Lsn Lsn, FrameLink Link);
