namespace Persistence.Entities;

/// <summary>Gives out the ids of entities to come: slots that have none any more first, then new ones. Thread-safe.</summary>
internal sealed class EntityIds
{
    private readonly object _lock = new();
    private readonly Stack<EntityId> _free = [];

    // Below _next: slots that nobody has had.
    private readonly Stack<(int First, int End)> _unused = [];
    private int _next;

    /// <summary>Those of a state without entities.</summary>
    public EntityIds()
    {
    }

    /// <summary>Those that go on where a state is.</summary>
    public EntityIds(EntityRegistry registry)
    {
        _next = registry.Slots;
        List<EntityId> free = [];
        for (int slot = 0; slot < registry.Slots;)
        {
            int had = registry.NextHad(slot);
            if (had > slot)
                _unused.Push((slot, had));
            else if (registry.ArchetypeOf(slot) == EntityRegistry.NoArchetype && registry.GenerationOf(slot) != EntityRegistry.NoGeneration)
                free.Add(new EntityId(slot, registry.GenerationOf(slot)));
            slot = Math.Max(had, slot + 1);
        }

        // The lowest come first.
        free.Reverse();
        free.ForEach(_free.Push);
    }

    /// <summary>An id that no entity has had.</summary>
    /// <exception cref="InvalidOperationException">There are as many entities as there can be.</exception>
    public EntityId Next()
    {
        lock (_lock)
        {
            if (_free.TryPop(out EntityId freed))
                return freed;
            if (_unused.TryPop(out (int First, int End) unused))
                return TakeFirstNeedsLock(unused.First, unused.End);
            return _next <= EntityId.SlotMax ? new EntityId(_next++, 1) : throw new InvalidOperationException($"There are {EntityId.SlotMax + 1} entities: there cannot be more.");
        }
    }

    /// <summary>Whether ids of a slot were given out.</summary>
    public bool WasGiven(int slot) => slot < Volatile.Read(ref _next);

    /// <summary>The entity of a slot was deleted.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="generation">Of the next one, or <see cref="EntityRegistry.NoGeneration"/>.</param>
    public void Free(int slot, int generation)
    {
        if (generation == EntityRegistry.NoGeneration)
            return;
        lock (_lock)
            _free.Push(new EntityId(slot, generation));
    }

    /// <summary>Takes an id back that was given out and never committed.</summary>
    public void TakeBack(EntityId id)
    {
        lock (_lock)
            _free.Push(id);
    }

    private EntityId TakeFirstNeedsLock(int first, int end)
    {
        if (first + 1 < end)
            _unused.Push((first + 1, end));
        return new EntityId(first, 1);
    }
}
