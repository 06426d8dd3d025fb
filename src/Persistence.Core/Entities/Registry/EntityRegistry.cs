using Persistence.State;

namespace Persistence.Entities;

/// <summary>Which entities there are: of each slot the generation, and the archetype of its entity; of those changed lately what they were before, for as long as a snapshot may ask. Not thread-safe.</summary>
internal sealed class EntityRegistry
{
    /// <summary>Of a slot without an entity.</summary>
    public const int NoArchetype = 0;

    /// <summary>Of a slot that is not used any more.</summary>
    public const int NoGeneration = 0;

    private const int FirstGeneration = 1;

    // By slot.
    private readonly PagedArray<SlotState> _slots = new(new SlotState(FirstGeneration, NoArchetype, Since: 0));

    private readonly OlderVersions<EntityVersion> _older = new();

    private readonly CountHistory _counts = new();

    /// <summary>How many slots there have been.</summary>
    public int Slots { get; private set; }

    /// <summary>The last commit that has changed something.</summary>
    public long LastChange { get; private set; }

    /// <summary>How many versions are kept beside the newest.</summary>
    public int OlderCount => _older.Count;

    /// <summary>How many entities a snapshot shows.</summary>
    public int CountAt(Lsn snapshot) => _counts.At(snapshot);

    /// <summary>The generation that a slot gets when its entity is deleted.</summary>
    public static int NextGeneration(int generation) => generation == EntityId.GenerationMax ? NoGeneration : generation + 1;

    /// <summary>Of a slot's entity, or of its next one; <see cref="NoGeneration"/>.</summary>
    public int GenerationOf(int slot) => _slots[slot].Generation;

    /// <summary>A slot's, or <see cref="NoArchetype"/>.</summary>
    public int ArchetypeOf(int slot) => _slots[slot].Archetype;

    /// <summary>
    /// The next slot, from one on, that may have had an entity; <see cref="Slots"/> when there is none. There may be very many that nobody has had: of ids that were given out few need have been committed, and what is read from a
    /// damaged file may be of any slot.
    /// </summary>
    public int NextHad(int slot) => Math.Min(Slots, _slots.SkipUnused(slot));

    /// <summary>The commit that has made a slot what it is.</summary>
    public long SinceOf(int slot) => _slots[slot].Since;

    /// <summary>Whether there is an entity, with all that is applied.</summary>
    public bool Exists(EntityId id)
    {
        (int generation, int archetype) = Read(id.Slot);
        return generation == id.Generation && archetype != NoArchetype;
    }

    /// <summary>Of a snapshot: the commit that has made a slot what it was then.</summary>
    public long SinceAt(int slot, Lsn snapshot)
    {
        long since = SinceOf(slot);
        return since <= snapshot.Value ? since : _older.At(slot, snapshot)?.Since ?? 0;
    }

    /// <summary>What a slot was at a snapshot: the entity, and its archetype.</summary>
    /// <returns>Whether there was an entity.</returns>
    public bool TryRead(int slot, Lsn snapshot, out EntityId id, out int archetype)
    {
        (int generation, archetype) = ReadAt(slot, snapshot);
        id = archetype == NoArchetype ? EntityId.None : new EntityId(slot, generation);
        return archetype != NoArchetype;
    }

    /// <summary>Puts what a slot is.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="generation">Of its entity, or of the next one.</param>
    /// <param name="archetype">The entity's, or <see cref="NoArchetype"/>.</param>
    /// <param name="commit">By which commit.</param>
    /// <param name="keepsOlder">Whether a snapshot may ask for what it was before.</param>
    public void Put(int slot, int generation, int archetype, long commit, bool keepsOlder)
    {
        if (keepsOlder)
            Keep(slot, commit);
        ref SlotState state = ref _slots.PlaceOf(slot);
        _counts.Change((archetype == NoArchetype ? 0 : 1) - (state.Archetype == NoArchetype ? 0 : 1), commit, keepsOlder);
        state = new SlotState(generation, archetype, commit);
        Slots = Math.Max(Slots, slot + 1);
        LastChange = commit;
    }

    public void Clear()
    {
        _slots.Clear();
        _older.Clear();
        _counts.Clear();
        (Slots, LastChange) = (0, 0);
    }

    /// <summary>Forgets what no snapshot can ask for any more.</summary>
    /// <param name="oldest">Snapshots older than this one do not exist.</param>
    public void Prune(Lsn oldest)
    {
        _counts.Prune(oldest);
        while (_older.TryForget(oldest, out _))
        {
            // The next one.
        }
    }

    /// <summary>What a slot is.</summary>
    /// <returns>The generation of its entity, or of the next one, or <see cref="NoGeneration"/>; the entity's archetype.</returns>
    public (int Generation, int Archetype) Read(int slot)
    {
        SlotState state = _slots[slot];
        return (state.Generation, state.Archetype);
    }

    /// <summary>What a slot was at a snapshot.</summary>
    /// <returns>As <see cref="Read"/>.</returns>
    public (int Generation, int Archetype) ReadAt(int slot, Lsn snapshot)
    {
        SlotState state = _slots[slot];
        if (state.Since <= snapshot.Value)
            return (state.Generation, state.Archetype);
        EntityVersion? older = _older.At(slot, snapshot);
        return older is null ? (FirstGeneration, NoArchetype) : (older.Generation, older.Archetype);
    }

    /// <summary>Of a slot that nobody has had yet there is nothing to be kept.</summary>
    private void Keep(int slot, long commit)
    {
        if (slot >= Slots)
            return;
        SlotState state = _slots[slot];
        _older.Keep(slot, new EntityVersion(state.Since, state.Generation, state.Archetype), commit);
    }

    /// <summary>What a slot is.</summary>
    /// <param name="Generation">Of the entity, or of the next one.</param>
    /// <param name="Archetype">The entity's.</param>
    /// <param name="Since">The commit that has made it so.</param>
    private readonly record struct SlotState(int Generation, int Archetype, long Since);
}
