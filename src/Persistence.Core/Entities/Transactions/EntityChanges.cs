using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>What one transaction has changed of entities and not committed yet, and what it has read of them.</summary>
internal sealed class EntityChanges : ITransactionView
{
    private readonly EntityState _state;
    private readonly Snapshot _snapshot;
    private readonly EntityReads _reads = new();
    private readonly List<Undo> _undo = [];

    // Of the change at hand: the entities that it refers to.
    private readonly List<EntityId> _referred = [];

    // By their ids, not their slots: what others delete meanwhile the transaction still sees, and it may create an entity in that slot.
    private ImmutableDictionary<EntityId, EntityOverlay> _entities = ImmutableDictionary<EntityId, EntityOverlay>.Empty;

    public EntityChanges(EntityState state, Snapshot snapshot)
    {
        _state = state;
        _snapshot = snapshot;
        Ids = state.Ids;
        Schema = state.SchemaAt(snapshot.Lsn);
    }

    /// <summary>Where those that it creates have their ids from.</summary>
    public EntityIds Ids { get; }

    public int ChangeCount => _undo.Count;

    /// <summary>The tables there are for the transaction.</summary>
    public EntitySchema Schema { get; }

    /// <summary>How many entities there are, with what it has changed.</summary>
    public int Count
    {
        get
        {
            _reads.All = true;
            return _state.CountAt(_snapshot.Lsn) + _entities.Values.Sum(static entity => (entity.IsThere ? 1 : 0) - (entity.IsCreated ? 0 : 1));
        }
    }

    /// <summary>How many entities have a component of a table, with what it has changed.</summary>
    public int CountOf(TableSchema table)
    {
        _reads.Tables.Add(table.Number);
        return _state.CountOfAt(table.Name, _snapshot.Lsn) + _entities.Values.Sum(entity => (HasNow(entity, table.Number) ? 1 : 0) - (HadBefore(entity, table.Number) ? 1 : 0));
    }

    /// <summary>Whether there is an entity.</summary>
    public bool Exists(EntityId entity)
    {
        if (entity.IsNone)
            return false;
        if (_entities.TryGetValue(entity, out EntityOverlay? own))
            return own.IsThere;
        (int generation, int archetype) = NoteRead(entity.Slot);
        return archetype != EntityRegistry.NoArchetype && generation == entity.Generation;
    }

    public Component? FindComponent(EntityId entity, int table)
    {
        if (!Exists(entity))
            return null;
        EntityOverlay? own = _entities.GetValueOrDefault(entity);
        if (own is null || !own.Components.TryGetValue(table, out ComponentOverlay? component))
            return own is { IsCreated: true } ? null : ReadComponent(entity, table);
        if (component is { IsWhole: false })
            _reads.Components.Add((entity.Slot, table));
        return component is null ? null : new Component(Schema.Get(table), component.Values);
    }

    public Entity? Find(EntityId entity, EntitySelection selection)
    {
        if (!Exists(entity))
            return null;
        List<int> tables = [.. TablesOf(entity)];
        return Read(entity, tables, selection);
    }

    /// <summary>The entities that are wanted, as they are now: what is changed while they are gone through is not among them.</summary>
    public IEnumerable<Entity> Select(EntitySelection selection)
    {
        _reads.All |= selection.With.IsEmpty;
        _reads.Tables.UnionWith(selection.With);
        _reads.Tables.UnionWith(selection.Without);
        ImmutableDictionary<EntityId, EntityOverlay> own = _entities;
        List<Entity> changed = [.. own.Values.Where(static entity => entity.IsThere).Select(entity => SelectOwn(entity, selection)).OfType<Entity>()];
        foreach (Entity entity in _state.SelectAt(_ => selection, _snapshot))
        {
            if (own.ContainsKey(entity.Id))
                continue;
            NoteRead(entity.Id.Slot);
            foreach (Component component in entity.Components)
                _reads.Components.Add((entity.Id.Slot, component.Table.Number));
            yield return entity;
        }

        foreach (Entity entity in changed)
            yield return entity;
    }

    /// <summary>Takes a change, if it can be made of what the transaction sees.</summary>
    /// <exception cref="StoreException">Why it cannot. Whoever gets it has read that.</exception>
    public void Change(EntityRecordKind kind, ReadOnlySpan<byte> payload)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        EntityId entity = EntityRecords.Begin(kind, ref reader, out _);
        EntityOverlay? before = _entities.GetValueOrDefault(entity);
        _referred.Clear();
        EntityOverlay after;
        try
        {
            after = kind switch
            {
                EntityRecordKind.EntityCreated => Create(entity, ref reader),
                EntityRecordKind.EntityDeleted => RequireThere(entity) with { IsThere = false, Components = ImmutableSortedDictionary<int, ComponentOverlay?>.Empty },
                _ => ChangeComponent(kind, RequireThere(entity), ref reader),
            };
        }
        catch (StoreException)
        {
            if (kind != EntityRecordKind.EntityCreated)
                NoteTried(entity);
            _referred.ForEach(NoteTried);
            throw;
        }

        _entities = _entities.SetItem(entity, after);
        _undo.Add(new Undo(entity, before, [.. _referred]));
    }

    /// <summary>Forgets changes. That they could be made was read by them: where a change is committed it is looked at again, but these are not.</summary>
    public void RollBackTo(int changeCount)
    {
        foreach (Undo change in _undo.Skip(changeCount))
        {
            NoteTried(change.Entity);
            Array.ForEach(change.Referred, NoteTried);
        }

        UndoTo(changeCount);
    }

    public void End(bool isCommitted)
    {
        if (!isCommitted)
            UndoTo(0);
    }

    public string? FindConflict() => _state.FindChanged(_reads, _snapshot.Lsn);

    public StoreException NotThere(EntityId entity) =>
        _entities.ContainsKey(entity) ? EntityErrors.NotThere(entity, EntityRegistry.NextGeneration(entity.Generation), EntityRegistry.NoArchetype) : _state.NotThereAt(entity, _snapshot.Lsn);

    /// <summary>What a slot is at the snapshot; it must be so when the transaction is committed.</summary>
    private (int Generation, int Archetype) NoteRead(int slot)
    {
        (int Generation, int Archetype) read = _state.ReadSlotAt(slot, _snapshot.Lsn);
        _reads.Slots[slot] = read;
        return read;
    }

    private Component? ReadComponent(EntityId entity, int table)
    {
        NoteRead(entity.Slot);
        _reads.Components.Add((entity.Slot, table));
        return _state.FindComponentAt(entity, Schema.Get(table).Name, _snapshot.Lsn);
    }

    private IEnumerable<int> TablesOf(EntityId entity)
    {
        EntityOverlay? own = _entities.GetValueOrDefault(entity);
        IEnumerable<int> before = own is { IsCreated: true } ? [] : _state.TablesOf(NoteRead(entity.Slot).Archetype);
        IEnumerable<int> tables = own is null ? before : before.Where(table => !own.Components.ContainsKey(table)).Concat(own.Components.Where(static pair => pair.Value is not null).Select(static pair => pair.Key));
        // One that was dropped is still in archetypes.
        return tables.Where(Schema.Tables.ContainsKey).Order();
    }

    private bool HadBefore(EntityOverlay entity, int table) => !entity.IsCreated && _state.TablesOf(_state.ReadSlotAt(entity.Id.Slot, _snapshot.Lsn).Archetype).Contains(table);

    private bool HasNow(EntityOverlay entity, int table)
    {
        if (!entity.IsThere)
            return false;
        return entity.Components.TryGetValue(table, out ComponentOverlay? own) ? own is not null : HadBefore(entity, table);
    }

    private Entity Read(EntityId entity, IReadOnlyList<int> tables, EntitySelection selection) => new(
        entity,
        tables.Select(table => Schema.Get(table).Name).ToArray(),
        tables.Where(selection.Reads).Select(table => FindComponent(entity, table)!).ToArray());

    private Entity? SelectOwn(EntityOverlay entity, EntitySelection selection)
    {
        List<int> tables = [.. TablesOf(entity.Id)];
        return selection.Fits(tables.Contains) && selection.Filters.All(filter => filter.IsMet(FindComponent(entity.Id, filter.Table)!.Kept[filter.Field])) ? Read(entity.Id, tables, selection) : null;
    }

    private EntityOverlay RequireThere(EntityId entity)
    {
        if (_entities.TryGetValue(entity, out EntityOverlay? own))
            return own.IsThere ? own : throw NotThere(entity);
        return _state.ExistsAt(entity, _snapshot.Lsn) ? new EntityOverlay(entity, IsCreated: false) : throw NotThere(entity);
    }

    private EntityOverlay Create(EntityId entity, ref MessagePackReader reader)
    {
        ImmutableSortedDictionary<int, ComponentOverlay?>.Builder components = ImmutableSortedDictionary.CreateBuilder<int, ComponentOverlay?>();
        for (int left = reader.ReadArrayHeader(); left > 0; left--)
        {
            TableSchema table = Schema.Get(EntityRecords.BeginComponent(ref reader));
            if (components.ContainsKey(table.Number))
                throw EntityErrors.ComponentExists(entity, table.Name);
            components.Add(table.Number, new ComponentOverlay(ReadRow(table, entity, before: null, ref reader), IsWhole: true));
        }

        return new EntityOverlay(entity, IsCreated: true) { Components = components.ToImmutable() };
    }

    private EntityOverlay ChangeComponent(EntityRecordKind kind, EntityOverlay entity, ref MessagePackReader reader)
    {
        TableSchema table = Schema.Get(SchemaCodec.ReadNumber(ref reader));
        ComponentOverlay? before = FindForChange(entity, table);
        if (kind == EntityRecordKind.ComponentAdded && before is not null)
            throw EntityErrors.ComponentExists(entity.Id, table.Name);
        if (kind is EntityRecordKind.ComponentChanged or EntityRecordKind.ComponentRemoved && before is null)
            throw EntityErrors.ComponentNotFound(entity.Id, table.Name);
        ComponentOverlay? after = kind switch
        {
            EntityRecordKind.ComponentRemoved => null,
            EntityRecordKind.ComponentChanged => new ComponentOverlay(ReadRow(table, entity.Id, before!.Values, ref reader), before.IsWhole),
            _ => new ComponentOverlay(ReadRow(table, entity.Id, before: null, ref reader), IsWhole: true),
        };
        return entity with { Components = entity.Components.SetItem(table.Number, after) };
    }

    /// <summary>A component about to be changed. That is not read by it: the change is checked again where it gets its place in the log.</summary>
    private ComponentOverlay? FindForChange(EntityOverlay entity, TableSchema table)
    {
        if (entity.Components.TryGetValue(table.Number, out ComponentOverlay? own))
            return own;
        return !entity.IsCreated && _state.FindComponentAt(entity.Id, table.Name, _snapshot.Lsn) is Component component ? new ComponentOverlay(component.Kept, IsWhole: false) : null;
    }

    private object?[] ReadRow(TableSchema table, EntityId entity, object?[]? before, ref MessagePackReader reader)
    {
        MessagePackReader check = reader;
        ComponentRow.Check(table, ref check, referred => RequireReferred(referred, entity));
        object?[] values = before is null ? [.. table.Fields.Select(static field => field.KeptDefault)] : [.. before];
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            int index = table.IndexOf(reader.ReadInt32());
            values[index] = FieldCodec.Of(table.Fields[index].Type).Read(ref reader);
        }

        return values;
    }

    private void RequireReferred(EntityId entity, EntityId creating)
    {
        if (entity == creating)
            return;
        _referred.Add(entity);
        if (_entities.TryGetValue(entity, out EntityOverlay? own) ? own.IsThere : _state.ExistsAt(entity, _snapshot.Lsn))
            return;
        throw new StoreException(StoreError.ReferenceDangling, $"The entity {entity} cannot be referred to: {NotThere(entity).Message}");
    }

    private void UndoTo(int changeCount)
    {
        for (int i = _undo.Count - 1; i >= changeCount; i--)
        {
            Undo change = _undo[i];
            if (change.Before is null && _entities[change.Entity].IsCreated)
                Ids.TakeBack(change.Entity);
            _entities = change.Before is null ? _entities.Remove(change.Entity) : _entities.SetItem(change.Entity, change.Before);
        }

        _undo.RemoveRange(changeCount, _undo.Count - changeCount);
    }

    /// <summary>What there is of an entity was learned by changing it, or by not being able to.</summary>
    private void NoteTried(EntityId entity)
    {
        if (!entity.IsNone && _entities.GetValueOrDefault(entity) is not { IsCreated: true })
            NoteRead(entity.Slot);
    }

    /// <summary>How a change is undone.</summary>
    /// <param name="Entity">What was changed.</param>
    /// <param name="Before">What the transaction had made of it by then; null: nothing.</param>
    /// <param name="Referred">The entities that the change refers to.</param>
    private readonly record struct Undo(EntityId Entity, EntityOverlay? Before, EntityId[] Referred);
}
