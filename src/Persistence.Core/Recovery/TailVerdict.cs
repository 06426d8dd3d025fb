#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.State;

namespace Persistence.Recovery;

/// <summary>Tells a torn tail from damage, by proof (Wal/FORMAT.md §5.3). First row that applies:</summary>
/// <remarks>
/// <code>
/// | evidence                                   | verdict   | why                                             |
/// | file shorter than its header says          | Damage    | the length was durable before the first frame   |
/// | x below ROOT's floor (or the recorded end) | Damage    | ROOT was written after x was synced             |
/// | valid frame above x with synced LSN > x    | Damage    | it was written after x was synced               |
/// | x is the recorded clean end                | CleanEnd  | the writer said so                              |
/// | something written at or after x            | TornTail  | an interrupted write                            |
/// | nothing                                    | EndOfLog  |                                                 |
/// </code>
/// </remarks>
internal static class TailVerdict
{
    public static TailKind Decide(in TailEvidence evidence) => evidence switch
    {
#if MUTANTS
        _ when Mutants.Is(Mutants.ValidRecordsTruncatedAtBitFlip) && evidence.Position != evidence.RecordedEnd => TailKind.TornTail,
#endif
        { FileTooShort: true } => TailKind.Damage,
        _ when evidence.Position < Floor(evidence) => TailKind.Damage,
        { ProvenBy: not null } => TailKind.Damage,
        _ when evidence.Position == evidence.RecordedEnd => TailKind.CleanEnd,
        { SomethingWritten: true } => TailKind.TornTail,
        _ => TailKind.EndOfLog,
    };

    /// <summary>Says in a few words what a damage verdict rests on.</summary>
    public static string Explain(in TailEvidence evidence) =>
        evidence.FileTooShort ? "the file is shorter than its header says"
        : evidence.Position < Floor(evidence) ? $"ROOT records everything below {Floor(evidence)} as flushed"
        : evidence.ProvenBy is Lsn proof ? $"the valid frame at {proof} was written after it had been flushed"
        : "nothing proves that it was ever flushed";

    private static Lsn Floor(in TailEvidence evidence) => Lsn.Later(evidence.DurableFloor, evidence.RecordedEnd ?? Lsn.None);
}
