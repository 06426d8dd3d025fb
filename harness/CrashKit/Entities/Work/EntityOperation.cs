namespace Persistence.CrashKit.Entities.Work;

/// <summary>
/// What an operation does to a writer's own entities and tables. What that comes to depends on what there is when its turn comes (<see cref="EntityPlanner"/>): so operations may be left out, and others still make sense.
/// </summary>
/// <param name="Kind">What it does.</param>
/// <param name="Choice">Where its choices come from.</param>
/// <param name="Id">Used nowhere else in the store's life: part of every text it writes, and of the names it gives.</param>
/// <param name="ValueLength">How long its texts are, unless their ids alone are longer.</param>
internal sealed record EntityOperation(EntityOperationKind Kind, long Choice, string Id, int ValueLength)
{
    private const int UndoneSalt = 7;

    /// <summary>Whether it is of one batch: nothing of it depends on more than the writer's own.</summary>
    public bool FitsBatch => Kind is not (EntityOperationKind.Audit or EntityOperationKind.Large or EntityOperationKind.Refused or EntityOperationKind.Schema);

    /// <summary>What is done in a transaction nested in its own, and rolled back.</summary>
    public EntityOperation Undone => this with { Kind = EntityOperationKind.Several, Choice = Worker.Mixer.Combine(Choice, UndoneSalt), Id = $"{Id}.undone" };
}
