using Persistence.State;

namespace Persistence.Entities;

/// <summary>Looks whether what a transaction has read is still so, with all that is applied and all that is sequenced.</summary>
internal sealed class ConflictSearch(EntityData data, EntitySequencer sequencer, Lsn snapshot)
{
    /// <summary>Something that is not so any more, in words; null when there is nothing.</summary>
    public string? Find(EntityReads reads)
    {
        if (data.SchemaSince > snapshot.Value || sequencer.IsSchemaChanging)
            return "the schema was changed by another commit";
        foreach ((int slot, (int Generation, int Archetype) read) in reads.Slots)
        {
            if (sequencer.Read(slot) != read)
                return $"{Describe(slot, read)}, which it has read, was changed by another commit";
        }

        foreach ((int slot, int table) in reads.Components)
        {
            TableView view = data.Tables[table];
            int row = view.Rows.Find(slot);
            if (sequencer.IsChanging(slot) || row >= 0 && view.Rows.SinceOf(row) > snapshot.Value)
                return $"the component '{view.Schema.Name}' of the slot {slot}, which it has read, was changed by another commit";
        }

        if (reads.All && (data.Registry.LastChange > snapshot.Value || sequencer.Count > 0))
            return "the entities, which it has gone through, were changed by another commit";
        int changed = reads.Tables.FirstOrDefault(HasChanged);
        return changed == 0 ? null : $"the table '{data.Tables[changed].Schema.Name}', which it has gone through, was changed by another commit";
    }

    private static string Describe(int slot, (int Generation, int Archetype) read) =>
        read.Archetype == EntityRegistry.NoArchetype ? $"the slot {slot}" : $"the entity {new EntityId(slot, read.Generation)}";

    /// <summary>A change that is outstanding may be of any of an entity's tables.</summary>
    private bool HasChanged(int table) => data.Tables[table].Rows.LastChange > snapshot.Value
        || sequencer.Slots.Any(slot => data.Archetypes.Has(sequencer.Read(slot).Archetype, table) || data.Archetypes.Has(data.Registry.ArchetypeOf(slot), table));
}
