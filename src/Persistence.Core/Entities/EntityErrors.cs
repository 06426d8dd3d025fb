using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>What is said of entities and components that are not as somebody believed.</summary>
internal static class EntityErrors
{
    /// <summary>An entity is not there.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="generation">What its slot has: the generation of its entity, or of the next one.</param>
    /// <param name="archetype">That entity's, or <see cref="EntityRegistry.NoArchetype"/>.</param>
    public static StoreException NotThere(EntityId entity, int generation, int archetype) =>
        new(IsStale(entity, generation) ? StoreError.StaleEntity : StoreError.EntityNotFound, $"There is no entity {entity}: {WhyNotThere(entity, generation, archetype)}.");

    /// <summary>Why an entity is not there, in words.</summary>
    public static string WhyNotThere(EntityId entity, int generation, int archetype)
    {
        if (!IsStale(entity, generation))
            return "there never was";
        return archetype == EntityRegistry.NoArchetype ? "it was deleted" : $"it was deleted, and {new EntityId(entity.Slot, generation)} has its slot";
    }

    public static StoreException ComponentExists(EntityId entity, string table) => new(StoreError.ComponentExists, $"The entity {entity} has a component '{table}' already.");

    public static StoreException ComponentNotFound(EntityId entity, string table) => new(StoreError.ComponentNotFound, $"The entity {entity} has no component '{table}'.");

    private static bool IsStale(EntityId entity, int generation) => !entity.IsNone && (generation == EntityRegistry.NoGeneration || generation > entity.Generation);
}
