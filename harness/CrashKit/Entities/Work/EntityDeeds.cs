using Persistence.State;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>What was done to entities, by names that figures have: shows that a run tested it.</summary>
internal static class EntityDeeds
{
    /// <summary>A transaction over at least three tables was committed: balances of two entities, an owner, a ledger.</summary>
    public const string Transfer = "transfer";

    /// <summary>A commit took several frames.</summary>
    public const string Spilled = "spilled";

    /// <summary>A table was created, changed or dropped.</summary>
    public const string Schema = "schema";

    /// <summary>Entities were deleted.</summary>
    public const string Deletion = "deletion";

    /// <summary>Components were removed.</summary>
    public const string Removal = "removal";

    /// <summary>A transaction was refused because another commit came first.</summary>
    public const string Conflict = "conflict";

    /// <summary>What cannot be was refused, as it must be.</summary>
    public const string Refusal = "refusal";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Transfer, Spilled, Schema, Deletion, Removal, Conflict, Refusal];

    /// <summary>What an operation that has come back has done.</summary>
    /// <param name="turn">The operation.</param>
    /// <param name="committed">Where it is in the log, if it says so.</param>
    /// <param name="frameBytesMax">A commit of more takes several frames.</param>
    public static IEnumerable<string> Of(EntityTurn turn, CommitResult? committed, int frameBytesMax)
    {
        if (turn.Plan.Refused is not null)
            yield return Refusal;
        if (!turn.Counts)
            yield break;
        if (turn.Operation.Writes.Any(static write => EntityKeys.TryParseShared(write.Key, out _, out string table) && table == CommonTables.Owner && write.Value is not null))
            yield return Transfer;
        if (committed is CommitResult result && result.End.Value - result.First.Value > frameBytesMax)
            yield return Spilled;
        if (turn.Plan.Schema is not null)
            yield return Schema;
        if (turn.Plan.Steps.Any(static step => step is EntityStep.Delete))
            yield return Deletion;
        if (turn.Plan.Steps.Any(static step => step is EntityStep.Remove))
            yield return Removal;
    }
}
