using System.Collections.Immutable;
using Persistence.CrashKit.Entities.Model;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>What an operation comes to: changes of entities, or one of a table, or changes of which the last has to be refused.</summary>
/// <param name="Steps">The changes, in order.</param>
internal sealed record EntityPlan(ImmutableArray<EntityStep> Steps)
{
    /// <summary>The change of a table, or null.</summary>
    public SchemaStep? Schema { get; init; }

    /// <summary>What has to be refused after these, or null.</summary>
    public Refusal? Refused { get; init; }

    /// <summary>How many ids are given out for it.</summary>
    /// <param name="before">What there was of the writer's own.</param>
    public int CountIds(WriterModel before) => Steps.Count(step => step is EntityStep.Create || (step is EntityStep.Note && !before.Ledger.IsThere));
}
