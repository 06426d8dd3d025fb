using Persistence.Diagnostics;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>A change that cannot be made, and with it nothing of its operation.</summary>
/// <param name="Error">How it has to be refused.</param>
/// <param name="Place">The place of the entity it is of, where it is of one that is there.</param>
/// <param name="Table">The key of the table it is of.</param>
/// <param name="Stale">An entity that was deleted, or none.</param>
internal sealed record Refusal(StoreError Error, int Place, string Table, EntityId Stale)
{
    /// <summary>Whether it is of the schema, by itself.</summary>
    public bool IsOfSchema => Error is StoreError.TableExists or StoreError.SchemaIncompatible;
}
