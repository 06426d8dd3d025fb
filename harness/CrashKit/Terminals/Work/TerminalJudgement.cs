using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>What the oracle says of a store's terminals.</summary>
/// <param name="Discrepancies">The contradictions; none when they are right.</param>
/// <param name="Tree">The tree there is, when they are.</param>
/// <param name="Promised">Requests that were to last.</param>
/// <param name="Recovered">Requests found: those, and what made it of the others.</param>
/// <param name="PromisedBytes">Bytes of output that were to last, of all panes there are.</param>
/// <param name="RecoveredBytes">Bytes of output found.</param>
internal sealed record TerminalJudgement(IReadOnlyList<Discrepancy> Discrepancies, TreeModel? Tree, int Promised, int Recovered, long PromisedBytes, long RecoveredBytes);
