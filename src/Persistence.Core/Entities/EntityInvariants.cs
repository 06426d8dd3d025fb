namespace Persistence.Entities;

/// <summary>What holds of entities whatever happens.</summary>
internal static class EntityInvariants
{
    /// <summary>One sentence for each violation.</summary>
    public static IReadOnlyList<string> FindViolations(EntityData data) => FindMissing(data).Concat(data.Tables.Views.SelectMany(view => FindOrphans(data, view))).ToArray();

    private static IEnumerable<string> FindMissing(EntityData data)
    {
        for (int slot = data.Registry.NextHad(0); slot < data.Registry.Slots; slot = data.Registry.NextHad(slot + 1))
        {
            int archetype = data.Registry.ArchetypeOf(slot);
            if (archetype == EntityRegistry.NoArchetype)
                continue;
            foreach (int table in data.Archetypes.TablesOf(archetype))
            {
                if (data.Tables.Find(table) is TableView view && !view.Rows.Exists(view.Rows.Find(slot)))
                    yield return $"the entity {new EntityId(slot, data.Registry.GenerationOf(slot))} has no component of its table '{view.Schema.Name}'";
            }
        }
    }

    private static IEnumerable<string> FindOrphans(EntityData data, TableView view)
    {
        for (int row = 0; row < view.Rows.Count; row++)
        {
            if (view.Rows.Exists(row) && !data.Archetypes.Has(data.Registry.ArchetypeOf(view.Rows.SlotOf(row)), view.Schema.Number))
                yield return $"the table '{view.Schema.Name}' has a component of the slot {view.Rows.SlotOf(row)}, where no entity has one";
        }
    }
}
