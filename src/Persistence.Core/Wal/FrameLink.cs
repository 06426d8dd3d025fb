using Persistence.State;

namespace Persistence.Wal;

/// <summary>What a frame says of its predecessor: the chain that makes the log one history.</summary>
/// <param name="Lsn">LSN of the last frame; zero when there is none.</param>
/// <param name="Chain">That frame's chain value.</param>
public readonly record struct FrameLink(Lsn Lsn, uint Chain);
