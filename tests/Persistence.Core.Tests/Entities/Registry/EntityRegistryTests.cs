using System.Collections.Immutable;
using Persistence.Entities;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Entities.Registry;

public sealed class EntityRegistryTests
{
    private const int Slots = 10;

    [Fact]
    public void Snapshots_show_the_entities_there_were()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            EntityRegistry registry = new();
            ImmutableDictionary<int, (int Generation, int Archetype)> model = ImmutableDictionary<int, (int, int)>.Empty;
            List<(long At, ImmutableDictionary<int, (int Generation, int Archetype)> Shown)> snapshots = [];
            for (long commit = 1; commit < 300; commit++)
            {
                int slot = random.Next(Slots);
                (int generation, int archetype) = (registry.GenerationOf(slot), registry.ArchetypeOf(slot));
                if (archetype != EntityRegistry.NoArchetype && random.Next(2) == 0)
                    (generation, archetype) = (generation + 1, EntityRegistry.NoArchetype);
                else
                    archetype = random.Next(1, 5);
                registry.Put(slot, generation, archetype, commit, keepsOlder: true);
                model = archetype == EntityRegistry.NoArchetype ? model.Remove(slot) : model.SetItem(slot, (generation, archetype));
                if (random.Next(4) == 0)
                    snapshots.Add((commit, model));
                if (snapshots.Count > 0 && random.Next(5) == 0)
                    snapshots.RemoveAt(random.Next(snapshots.Count));
                registry.Prune(new Lsn(snapshots.Count == 0 ? commit : snapshots.Min(static snapshot => snapshot.At)));
                foreach ((long at, ImmutableDictionary<int, (int Generation, int Archetype)> shown) in snapshots.Append((commit, model)))
                    AssertShows(registry, at, shown, seed);
            }

            registry.Prune(Lsn.Max);
            Assert.Equal(0, registry.OlderCount);
        }
    }

    [Fact]
    public void An_id_of_an_entity_that_is_gone_is_none_of_the_next()
    {
        EntityRegistry registry = new();
        EntityId first = new(3, 1);
        registry.Put(3, 1, Archetypes.Empty, 1, keepsOlder: false);
        Assert.True(registry.Exists(first));
        registry.Put(3, 2, EntityRegistry.NoArchetype, 2, keepsOlder: false);
        Assert.False(registry.Exists(first));
        Assert.False(registry.Exists(new EntityId(3, 2)));
        registry.Put(3, 2, Archetypes.Empty, 3, keepsOlder: false);
        Assert.False(registry.Exists(first));
        Assert.True(registry.Exists(new EntityId(3, 2)));
        Assert.False(registry.Exists(new EntityId(EntityId.SlotMax, 1)));
    }

    [Fact]
    public void Archetypes_are_sets()
    {
        Archetypes archetypes = new();
        int one = archetypes.With(Archetypes.Empty, 7);
        int two = archetypes.With(one, 3);
        Assert.Equal([3, 7], archetypes.TablesOf(two));
        Assert.Equal(two, archetypes.Of([7, 3]));
        Assert.Equal(two, archetypes.Of([3, 7, 3]));
        Assert.Equal(one, archetypes.Without(two, 3));
        Assert.Equal(one, archetypes.Without(one, 3));
        Assert.Equal(Archetypes.Empty, archetypes.Without(one, 7));
        Assert.Equal(4, archetypes.Count);
    }

    private static void AssertShows(EntityRegistry registry, long at, ImmutableDictionary<int, (int Generation, int Archetype)> shown, int seed)
    {
        Assert.Equal(shown.Count, registry.CountAt(new Lsn(at)));
        for (int slot = 0; slot < Slots; slot++)
        {
            bool found = registry.TryRead(slot, new Lsn(at), out EntityId id, out int archetype);
            Assert.True(found == shown.TryGetValue(slot, out (int Generation, int Archetype) expected) && (!found || (id.Generation, archetype) == expected), $"Seed {seed}, slot {slot} at {at}");
        }
    }
}
