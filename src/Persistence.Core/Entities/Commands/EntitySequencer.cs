using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>Decides whether changes can be made where they get their place in the log: against what is applied, and what is sequenced before them. Not thread-safe.</summary>
internal sealed class EntitySequencer
{
    private readonly EntityData _data;
    private readonly EntityIds _ids;
    private readonly Action<EntityId> _requireReferred;

    // What slots are with all that is sequenced, where that is not applied: their generation and archetype.
    private readonly SequencedChanges<int, (int Generation, int Archetype)> _slots = new();

    // The schema with all that is sequenced, and how many of its changes are outstanding; what it was before the batch at hand, and how many of them are of that.
    private EntitySchema _schema = EntitySchema.Empty;
    private int _schemaChanges;
    private EntitySchema? _schemaBefore;
    private int _batchChanges;

    // While the record at hand creates an entity: that one may be referred to in it.
    private EntityId _creating;

    public EntitySequencer(EntityData data, EntityIds ids)
    {
        _data = data;
        _ids = ids;
        _requireReferred = RequireReferred;
    }

    /// <summary>How many slots have changes that are outstanding.</summary>
    public int Count => _slots.Count;

    /// <summary>The schema with all that is sequenced.</summary>
    public EntitySchema Schema => _schema;

    /// <summary>Whether changes of the schema are outstanding.</summary>
    public bool IsSchemaChanging => _schemaChanges > 0;

    /// <summary>Slots that have changes which are outstanding.</summary>
    public IEnumerable<int> Slots => _slots.Keys;

    /// <summary>Whether a slot has changes that are outstanding.</summary>
    public bool IsChanging(int slot) => _slots.Contains(slot);

    /// <summary>What a slot is with all that is sequenced.</summary>
    public (int Generation, int Archetype) Read(int slot) =>
        _slots.TryFind(slot, out (int Generation, int Archetype) state) ? state : _data.Registry.Read(slot);

    /// <summary>Sequences a record.</summary>
    /// <exception cref="StoreException">Why it cannot be made.</exception>
    public void Sequence(EntityRecordKind kind, ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
        if (EntityRecords.IsOfSchema(kind))
        {
            EntitySchema next = SchemaChange.Read(kind, payload).ApplyTo(_schema);
            _schemaBefore ??= _schema;
            _schema = next;
            _schemaChanges++;
            _batchChanges++;
            return;
        }

        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        EntityId entity = EntityRecords.Begin(kind, ref reader, out int newer);
        _creating = EntityId.None;
        if (kind == EntityRecordKind.EntityCreated)
            Create(entity, ref reader);
        else if (kind == EntityRecordKind.EntityDeleted)
            Delete(entity, tail);
        else
            ChangeComponent(kind, entity, ref reader, tail);
        EntityRecords.End(ref reader, newer);
        reader.ExpectEnd();
    }

    /// <summary>Ends the batch: accepted, or withdrawn as if it had never been. What was sequenced before it may have been applied meanwhile.</summary>
    public void End(bool accepted)
    {
        _slots.End(accepted);
        if (!accepted && _schemaBefore is EntitySchema before)
        {
            _schema = before;
            _schemaChanges -= _batchChanges;
        }

        (_schemaBefore, _batchChanges) = (null, 0);
    }

    /// <summary>A record was applied.</summary>
    /// <param name="entity">The entity it is of; none for one of the schema.</param>
    public void NoteApplied(EntityId entity)
    {
        if (!entity.IsNone)
            _slots.NoteApplied(entity.Slot);
        else if (_schemaChanges > 0)
            _schemaChanges--;
    }

    /// <summary>Nothing is outstanding: what is sequenced is what is applied.</summary>
    public void Reset()
    {
        _slots.Clear();
        _schema = _data.Tables.Schema;
        _schemaChanges = 0;
        (_schemaBefore, _batchChanges) = (null, 0);
    }

    private void Create(EntityId entity, ref MessagePackReader reader)
    {
        (int generation, int archetype) = Read(entity.Slot);
        if (archetype != EntityRegistry.NoArchetype || entity.Generation != generation || !_ids.WasGiven(entity.Slot))
            throw new MalformedDataException($"The id {entity} is not one that a new entity can have. Ids are given out by batches and transactions.", reader.Position);
        _creating = entity;
        archetype = Archetypes.Empty;
        for (int left = reader.ReadArrayHeader(); left > 0; left--)
        {
            TableSchema table = _schema.Get(EntityRecords.BeginComponent(ref reader));
            if (_data.Archetypes.Has(archetype, table.Number))
                throw EntityErrors.ComponentExists(entity, table.Name);
            ComponentRow.Check(table, ref reader, _requireReferred);
            archetype = _data.Archetypes.With(archetype, table.Number);
        }

        _slots.Add(entity.Slot, (generation, archetype));
    }

    private void Delete(EntityId entity, GrowableBuffer tail)
    {
        (int generation, int archetype) = RequireThere(entity);
        int[] tables = [.. _data.Archetypes.TablesOf(archetype).Where(_schema.Tables.ContainsKey)];
        MessagePackWriter writer = new(tail);
        writer.WriteArrayHeader(tables.Length);
        foreach (int table in tables)
            writer.WriteInteger(table);
        _slots.Add(entity.Slot, (EntityRegistry.NextGeneration(generation), EntityRegistry.NoArchetype));
    }

    private void ChangeComponent(EntityRecordKind kind, EntityId entity, ref MessagePackReader reader, GrowableBuffer tail)
    {
        (int generation, int archetype) = RequireThere(entity);
        TableSchema table = _schema.Get(SchemaCodec.ReadNumber(ref reader));
        bool isThere = _data.Archetypes.Has(archetype, table.Number);
        if (kind == EntityRecordKind.ComponentAdded && isThere)
            throw EntityErrors.ComponentExists(entity, table.Name);
        if (kind is EntityRecordKind.ComponentChanged or EntityRecordKind.ComponentRemoved && !isThere)
            throw EntityErrors.ComponentNotFound(entity, table.Name);
        if (kind == EntityRecordKind.ComponentRemoved)
            archetype = _data.Archetypes.Without(archetype, table.Number);
        else
            ComponentRow.Check(table, ref reader, _requireReferred);
        if (kind == EntityRecordKind.ComponentSet)
            new MessagePackWriter(tail).WriteBoolean(isThere);
        if (!isThere)
            archetype = _data.Archetypes.With(archetype, table.Number);
        _slots.Add(entity.Slot, (generation, archetype));
    }

    private (int Generation, int Archetype) RequireThere(EntityId entity)
    {
        (int generation, int archetype) = Read(entity.Slot);
        return archetype != EntityRegistry.NoArchetype && generation == entity.Generation ? (generation, archetype) : throw EntityErrors.NotThere(entity, generation, archetype);
    }

    private void RequireReferred(EntityId entity)
    {
        (int generation, int archetype) = Read(entity.Slot);
        if (entity != _creating && (archetype == EntityRegistry.NoArchetype || generation != entity.Generation))
            throw new StoreException(StoreError.ReferenceDangling, $"The entity {entity} cannot be referred to: {EntityErrors.WhyNotThere(entity, generation, archetype)}.");
    }
}
