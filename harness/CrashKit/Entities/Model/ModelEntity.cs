using System.Collections.Immutable;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>An entity, as it has to be.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Components">By the keys of their tables.</param>
internal sealed record ModelEntity(EntityId Id, ImmutableSortedDictionary<string, ModelComponent> Components)
{
    public ModelEntity(EntityId id)
        : this(id, ImmutableSortedDictionary.Create<string, ModelComponent>(StringComparer.Ordinal))
    {
    }

    public ModelEntity With(string table, ModelComponent component) => this with { Components = Components.SetItem(table, component) };

    public ModelEntity Without(string table) => this with { Components = Components.Remove(table) };
}
