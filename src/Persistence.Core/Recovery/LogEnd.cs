using Persistence.State;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>Where replay found the log to end.</summary>
/// <param name="Position">The position after the last valid frame, and that frame.</param>
/// <param name="Kind">What follows.</param>
/// <param name="Evidence">What the verdict rests on.</param>
/// <param name="ProvenLsn">Everything below is known to have been synced.</param>
internal sealed record LogEnd(LogPosition Position, TailKind Kind, TailEvidence Evidence, Lsn ProvenLsn);
