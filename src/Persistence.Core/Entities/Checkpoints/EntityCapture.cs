using System.Runtime.InteropServices;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>
/// The entities as a snapshot shows them, or those changed since a position. It goes through the live state a few rows at a time: the snapshot keeps the versions it needs, and nobody waits for longer than those
/// few take.
/// </summary>
internal sealed class EntityCapture : IStateCapture
{
    private readonly EntityState _state;
    private readonly EntityData _data;
    private readonly Snapshot _snapshot;
    private readonly Lsn _since;
    private readonly EntityTables _tables;
    private readonly Dictionary<TableRows, HashSet<int>> _removed;
    private readonly int _slots;
    private readonly IEnumerator<Func<GrowableBuffer, bool>> _items;
    private long _done;

    /// <summary>The state's lock is held.</summary>
    /// <param name="state">The state.</param>
    /// <param name="data">What is in it.</param>
    /// <param name="snapshot">What is shown; closed when the capture ends.</param>
    /// <param name="since">What was committed below is not wanted; none: everything is.</param>
    public EntityCapture(EntityState state, EntityData data, Snapshot snapshot, Lsn since)
    {
        _state = state;
        _data = data;
        _snapshot = snapshot;
        _since = since;
        _tables = data.TablesAt(snapshot.Lsn);
        _slots = data.Registry.Slots;
        _removed = _tables.Views.ToDictionary(static view => view.Rows, static view => view.Rows.TakeRemoved());
        Count = _slots + _tables.Views.Sum(static view => (long)view.Rows.Count) + (IsWhole ? 0 : _removed.Values.Sum(static slots => (long)slots.Count));
        _items = Enumerate().GetEnumerator();
    }

    public bool IsWhole => _since == Lsn.None;

    public long Count { get; }

    public long Done => Math.Min(_done, Count);

    public bool TryWriteNext(GrowableBuffer item)
    {
        while (_items.MoveNext())
        {
            if (_items.Current(item))
                return true;
        }

        return false;
    }

    public void End(bool published)
    {
        _items.Dispose();
        _snapshot.Dispose();
        if (!published)
            _state.PutBackRemoved(_removed);
    }

    /// <summary>The steps in which it is written: each writes an item, or finds that there is none to be written.</summary>
    private IEnumerable<Func<GrowableBuffer, bool>> Enumerate()
    {
        if (_slots == 0 && _tables.Schema.NextTable == EntitySchema.Empty.NextTable)
            yield break;
        yield return Always(item => EntityItems.WriteHead(new MessagePackWriter(item), _tables.Schema));
        foreach (TableSchema table in _tables.Schema.Tables.Values)
            yield return Always(item => EntityItems.WriteTable(new MessagePackWriter(item), table));
        // Those that no entity has any more, of tables that were dropped for one, would become more and more.
        SortedSet<int> archetypes = [];
        foreach (int first in FindPieces())
            yield return _ => _state.Locked(() => FindArchetypes(first, archetypes));

        foreach (int archetype in archetypes)
            yield return Always(item => EntityItems.WriteArchetype(new MessagePackWriter(item), archetype, FindTables(archetype)));
        foreach (int first in FindPieces())
        {
            yield return item => _state.Locked(() => WriteEntities(item, first));
            _done = first;
        }

        _done = _slots;

        foreach (TableView view in _tables.Views)
        {
            foreach (int[] removed in IsWhole ? [] : _removed[view.Rows].Chunk(EntityItems.EntitiesMax))
            {
#if MUTANTS
                if (Mutants.Is(Mutants.RemovedComponentsLeftOut))
                    continue;
#endif
                yield return Always(item => EntityItems.WriteRemoved(new MessagePackWriter(item), view.Schema.Number, removed));
                _done += removed.Length;
            }

            ComponentCapture components = new(_state, view, _snapshot.Lsn, _since);
            foreach (Func<GrowableBuffer, bool> step in components.Enumerate())
            {
                long before = components.Done;
                yield return step;
                _done += components.Done - before;
            }
        }
    }

    private static Func<GrowableBuffer, bool> Always(Action<GrowableBuffer> write) => item =>
    {
        write(item);
        return true;
    };

    /// <summary>A table that was dropped is still in archetypes.</summary>
    private int[] FindTables(int archetype) => [.. _state.Locked(() => _data.Archetypes.TablesOf(archetype)).Where(_tables.Schema.Tables.ContainsKey)];

    /// <returns>False: nothing is written.</returns>
    private bool FindArchetypes(int first, SortedSet<int> archetypes)
    {
        foreach (int slot in FindSlots(first))
        {
            if (_data.Registry.ReadAt(slot, _snapshot.Lsn).Archetype is int archetype and not EntityRegistry.NoArchetype)
                archetypes.Add(archetype);
        }

        return false;
    }

    /// <summary>The first slots of the items. Those that nobody has had are passed over.</summary>
    private IEnumerable<int> FindPieces()
    {
        for (int slot = 0; (slot = _state.Locked(() => _data.Registry.NextHad(slot))) < _slots; slot += EntityItems.EntitiesMax)
            yield return slot;
    }

    /// <summary>Of those of one item, the slots that are wanted.</summary>
    private IEnumerable<int> FindSlots(int first)
    {
        for (int slot = first; slot < Math.Min(_slots, first + EntityItems.EntitiesMax); slot++)
        {
            if (IsWhole || _data.Registry.SinceAt(slot, _snapshot.Lsn) >= _since.Value)
                yield return slot;
        }
    }

    private bool WriteEntities(GrowableBuffer item, int first)
    {
        List<int> slots = [];
        List<int> generations = [];
        List<int> archetypes = [];
        foreach (int slot in FindSlots(first))
        {
            (int generation, int archetype) = _data.Registry.ReadAt(slot, _snapshot.Lsn);
            slots.Add(slot);
            generations.Add(generation);
            archetypes.Add(archetype);
        }

        if (slots.Count > 0)
            EntityItems.WriteEntities(new MessagePackWriter(item), CollectionsMarshal.AsSpan(slots), CollectionsMarshal.AsSpan(generations), CollectionsMarshal.AsSpan(archetypes));
        return slots.Count > 0;
    }
}
