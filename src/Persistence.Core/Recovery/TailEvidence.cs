using Persistence.State;

namespace Persistence.Recovery;

/// <summary>What is known about the first position x without a valid frame.</summary>
/// <param name="Position">x.</param>
/// <param name="RecordedEnd">The end a clean close recorded, or null when the last close was not clean.</param>
/// <param name="DurableFloor">Everything below it was synced, says ROOT.</param>
/// <param name="ProvenBy">A valid frame above x that was written after x was synced, or null.</param>
/// <param name="FileTooShort">The file is shorter than its header says.</param>
/// <param name="SomethingWritten">At x or after it there is a frame header of this incarnation, or at x what is left of one.</param>
internal readonly record struct TailEvidence(
    Lsn Position, Lsn? RecordedEnd, Lsn DurableFloor, Lsn? ProvenBy, bool FileTooShort, bool SomethingWritten);
