using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>The tables and entities that are applied, and of what was changed lately what it was before. Not thread-safe.</summary>
internal sealed class EntityData
{
    // By the commits that have made them so: the schemas that some snapshot, open or to come, has, the newest last.
    private readonly List<(long Since, EntityTables Tables)> _tables = [(0, EntityTables.Empty)];

    // What snapshots older than this one could ask for is forgotten.
    private Lsn _pruned;

    /// <summary>The sets of tables that entities have components of. A table that was dropped may still be in them.</summary>
    public Archetypes Archetypes { get; } = new();

    /// <summary>The entities.</summary>
    public EntityRegistry Registry { get; } = new();

    /// <summary>The tables under the newest schema.</summary>
    public EntityTables Tables => _tables[^1].Tables;

    /// <summary>The last commit that has changed the schema.</summary>
    public long SchemaSince => _tables[^1].Since;

    /// <summary>How many versions are kept beside the newest.</summary>
    public int OlderCount => Registry.OlderCount + _tables.Count - 1 + Tables.Views.Sum(static view => view.Rows.OlderCount);

    /// <summary>The tables as a snapshot shows them.</summary>
    public EntityTables TablesAt(Lsn snapshot)
    {
        int index = _tables.Count - 1;
        while (index > 0 && _tables[index].Since > snapshot.Value)
            index--;
        return _tables[index].Tables;
    }

    /// <summary>How many entities a snapshot shows.</summary>
    public int CountAt(Lsn snapshot) => Registry.CountAt(snapshot);

    /// <summary>How many entities a snapshot shows that have a component of a table.</summary>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public int CountOf(string table, Lsn snapshot)
    {
        EntityTables tables = TablesAt(snapshot);
        return tables[tables.Schema.Get(table).Number].Rows.CountAt(snapshot);
    }

    /// <summary>Whether a snapshot shows an entity.</summary>
    public bool Exists(EntityId entity, Lsn snapshot) => !entity.IsNone && Registry.TryRead(entity.Slot, snapshot, out EntityId found, out _) && found == entity;

    /// <summary>An entity's component as a snapshot shows it; null when it has none, or there is no such entity.</summary>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public Component? FindComponent(EntityId entity, string table, Lsn snapshot)
    {
        EntityTables tables = TablesAt(snapshot);
        TableView view = tables[tables.Schema.Get(table).Number];
        int row = Exists(entity, snapshot) ? view.Rows.Find(entity.Slot) : -1;
        return row >= 0 && view.Read(row, snapshot) is object?[] values ? new Component(view.Schema, values) : null;
    }

    /// <summary>Why a snapshot does not show an entity.</summary>
    public StoreException NotThere(EntityId entity, Lsn snapshot)
    {
        (int generation, int archetype) = Registry.ReadAt(entity.Slot, snapshot);
        return EntityErrors.NotThere(entity, generation, archetype);
    }

    /// <summary>Puts tables that were loaded.</summary>
    public void Load(EntityTables tables)
    {
        _tables.Clear();
        _tables.Add((0, tables));
    }

    /// <summary>Applies a record.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="commit">The commit it is of.</param>
    /// <param name="keepsOlder">Whether a snapshot may ask for what there was before.</param>
    /// <returns>The entity it is of; none for one of the schema.</returns>
    /// <exception cref="MalformedDataException">It cannot be applied.</exception>
    public EntityId Apply(EntityRecordKind kind, ReadOnlySpan<byte> payload, long commit, bool keepsOlder)
    {
        if (EntityRecords.IsOfSchema(kind))
        {
            ApplyChange(SchemaChange.Read(kind, payload), commit, keepsOlder);
            return EntityId.None;
        }

        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        EntityId entity = EntityRecords.Begin(kind, ref reader, out _);
        if (kind == EntityRecordKind.EntityCreated)
            Create(entity, ref reader, commit, keepsOlder);
        else if (!Registry.Exists(entity))
            throw new MalformedDataException($"A record is of the entity {entity}, which is not there.", 0);
        else if (kind == EntityRecordKind.EntityDeleted)
            Delete(entity.Slot, commit, keepsOlder);
        else
            ChangeComponent(kind, entity.Slot, ref reader, commit, keepsOlder);
        return entity;
    }

    /// <summary>A record of a commit is about to be applied: forgets what no snapshot can ask for any more.</summary>
    /// <param name="oldest">Snapshots older than this one do not exist.</param>
    public void Begin(Lsn oldest)
    {
        if (oldest > _pruned)
            Prune(oldest);
    }

    public void Clear()
    {
        Load(EntityTables.Empty);
        _pruned = Lsn.None;
        Registry.Clear();
        Archetypes.Clear();
    }

    private void Prune(Lsn oldest)
    {
        while (_tables.Count > 1 && _tables[1].Since <= oldest.Value)
            _tables.RemoveAt(0);
        Registry.Prune(oldest);
        foreach (TableView view in Tables.Views)
            view.Prune(oldest);
        _pruned = oldest;
    }

    private void ApplyChange(SchemaChange change, long commit, bool keepsOlder)
    {
        EntityTables next;
        try
        {
            next = Tables.With(change.ApplyTo(Tables.Schema));
        }
        catch (StoreException e)
        {
            throw new MalformedDataException($"A change of the schema cannot be made: {e.Message}", 0);
        }

        if (!keepsOlder)
            _tables.Clear();
        _tables.Add((commit, next));
    }

    private void Create(EntityId entity, ref MessagePackReader reader, long commit, bool keepsOlder)
    {
        (int generation, int before) = Registry.Read(entity.Slot);
        if (before != EntityRegistry.NoArchetype || generation == EntityRegistry.NoGeneration || entity.Generation < generation)
            throw new MalformedDataException($"A record creates the entity {entity}, whose place is taken.", reader.Position);
        if (!keepsOlder)
            CheckComponents(reader);
        int archetype = Archetypes.Empty;
        for (int left = reader.ReadArrayHeader(); left > 0; left--)
        {
            TableView table = FindTable(EntityRecords.BeginComponent(ref reader));
            table.Set(entity.Slot, ref reader, replaces: true, commit, keepsOlder);
            archetype = Archetypes.With(archetype, table.Schema.Number);
        }

        Registry.Put(entity.Slot, entity.Generation, archetype, commit, keepsOlder);
    }

    private void Delete(int slot, long commit, bool keepsOlder)
    {
        foreach (int table in Archetypes.TablesOf(Registry.ArchetypeOf(slot)))
        {
#if MUTANTS
            if (!keepsOlder && Mutants.Is(Mutants.ComponentsOutliveEntity))
                continue;
#endif
            Tables.Find(table)?.Remove(slot, commit, keepsOlder);
        }

        int next = EntityRegistry.NextGeneration(Registry.GenerationOf(slot));
#if MUTANTS
        if (!keepsOlder && Mutants.Is(Mutants.GenerationNotAdvanced))
            next = Registry.GenerationOf(slot);
#endif
        Registry.Put(slot, next, EntityRegistry.NoArchetype, commit, keepsOlder);
    }

    private void ChangeComponent(EntityRecordKind kind, int slot, ref MessagePackReader reader, long commit, bool keepsOlder)
    {
        TableView table = FindTable(SchemaCodec.ReadNumber(ref reader));
        int before = WithoutDropped(Registry.ArchetypeOf(slot));
        bool isThere = Archetypes.Has(before, table.Schema.Number);
        if (kind != EntityRecordKind.ComponentSet && isThere == (kind == EntityRecordKind.ComponentAdded))
            throw new MalformedDataException($"A record of kind {kind} is of a component that is {(isThere ? "" : "not ")}there.", reader.Position);
        if (kind == EntityRecordKind.ComponentRemoved)
        {
            table.Remove(slot, commit, keepsOlder);
            Registry.Put(slot, Registry.GenerationOf(slot), Archetypes.Without(before, table.Schema.Number), commit, keepsOlder);
            return;
        }

        if (!keepsOlder)
            CheckRow(table, reader);
        table.Set(slot, ref reader, replaces: kind != EntityRecordKind.ComponentChanged, commit, keepsOlder);
        if (!isThere)
            Registry.Put(slot, Registry.GenerationOf(slot), Archetypes.With(before, table.Schema.Number), commit, keepsOlder);
    }

    /// <summary>Tables that were dropped do not gather in what entities are, however many come and go.</summary>
    private int WithoutDropped(int archetype)
    {
        ImmutableArray<int> tables = Archetypes.TablesOf(archetype);
        return tables.All(table => Tables.Find(table) is not null) ? archetype : Archetypes.Of(tables.Where(table => Tables.Find(table) is not null));
    }

    /// <summary>A live record was checked before it was logged. One that is replayed may follow a hole in a log that is salvaged: it is applied whole, or not at all.</summary>
    private void CheckComponents(MessagePackReader reader)
    {
        for (int left = reader.ReadArrayHeader(); left > 0; left--)
            ComponentRow.Check(FindTable(EntityRecords.BeginComponent(ref reader)).Schema, ref reader, referred: null);
    }

    private static void CheckRow(TableView table, MessagePackReader reader) => ComponentRow.Check(table.Schema, ref reader, referred: null);

    private TableView FindTable(int number) => Tables.Find(number) ?? throw new MalformedDataException($"A record is of a component of the table {number}, which is not there.", 0);
}
