using System.Collections.Immutable;

namespace Persistence.Entities;

/// <summary>An entity as a transaction has changed it. It never changes; a change makes another one.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsCreated">Whether the transaction has created it.</param>
internal sealed record EntityOverlay(EntityId Id, bool IsCreated)
{
    /// <summary>Whether it is there; else the transaction has deleted it.</summary>
    public bool IsThere { get; init; } = true;

    /// <summary>By table, what the transaction has made of its components; null for those it has removed.</summary>
    public ImmutableSortedDictionary<int, ComponentOverlay?> Components { get; init; } = ImmutableSortedDictionary<int, ComponentOverlay?>.Empty;
}
