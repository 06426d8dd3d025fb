using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>
/// Durable entities with components, in tables with a schema. Register it when a store is opened; then read it through this object, and change it by batches or in transactions. Thread-safe. A change is visible when
/// it is as durable as the store's mode promises. Each call reads the state of one moment; several that are to read the same use a snapshot (<see cref="At"/>).
/// </summary>
public sealed class EntityState : EntityReader, IStateModel
{
    private readonly object _lock = new();

    // Under _lock.
    private readonly EntityData _data = new();
    private EntitySequencer _sequencer;
    private EntityLoader? _loader;

    private ICommandSink? _sink;
    private SnapshotHorizon? _horizon;

    /// <summary>A state to be registered with a store.</summary>
    public EntityState() => _sequencer = new EntitySequencer(_data, Ids);

    /// <inheritdoc/>
    public StateModelId Id => StateModelId.Entities;

    /// <inheritdoc/>
    public byte SnapshotVersion => 1;

    /// <inheritdoc/>
    public override EntitySchema Schema => SchemaAt(null);

    /// <inheritdoc/>
    public override int Count => CountAt(null);

    /// <summary>The ids of entities to come. Others each time a store is opened: what is left of batches and transactions of before takes none of them back.</summary>
    internal EntityIds Ids { get; private set; } = new();

    /// <summary>Slots with changes that are sequenced and not applied.</summary>
    internal int PendingCount
    {
        get
        {
            lock (_lock)
                return _sequencer.Count;
        }
    }

    /// <summary>Versions that are kept beside the newest.</summary>
    internal int OlderCount
    {
        get
        {
            lock (_lock)
                return _data.OlderCount;
        }
    }

    // While the state is rebuilt nobody looks.
    private Lsn VisibleNeedsLock => _horizon?.Visible ?? Lsn.Max;

    /// <summary>A batch of changes, empty.</summary>
    /// <exception cref="InvalidOperationException">The state is not registered with an open store.</exception>
    public EntityBatch CreateBatch()
    {
        RequireSink();
        return new EntityBatch(this);
    }

    /// <summary>Commits a batch as one atomic step and empties it.</summary>
    /// <exception cref="ArgumentException">The batch is empty, or another state's, or was made before the store was opened.</exception>
    /// <exception cref="StoreException">
    /// EntityNotFound, StaleEntity, TableNotFound, ComponentExists, ComponentNotFound, ReferenceDangling: one of the changes cannot be made, and none was; the batch is as before. Or why nothing could be committed.
    /// </exception>
    public CommitResult Commit(EntityBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        CommitResult result = RequireSink().Commit(CommandsOf(batch), durability);
        batch.Forget();
        return result;
    }

    /// <summary>As <see cref="Commit"/>, without blocking on the flush; the batch is empty when this returns its task.</summary>
    public ValueTask<CommitResult> CommitAsync(EntityBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        ValueTask<CommitResult> task = RequireSink().CommitAsync(CommandsOf(batch), durability);
        if (task.IsFaulted)
            batch.Clear();
        else
            batch.Forget();
        return task;
    }

    /// <summary>
    /// Makes sure that there is a table for a type of components, as a commit of its own: it is created, or changed so that the type goes with it. Fields are added with their default, renamed
    /// (<see cref="ComponentFieldAttribute.FormerName"/>), and widened; one that the type does not have is left as it is.
    /// </summary>
    /// <typeparam name="T">
    /// A structure, class or record. Its fields are the public fields and properties that can be set, or are given to the constructor with the most parameters: numbers, bool, string, byte[], Guid, DateTimeOffset, DateTime (which comes back in UTC; one that
    /// says nothing of its zone is this machine's), TimeSpan, <see cref="EntityId"/>, enumerations, and arrays of all but DateTime and enumerations. Its table has its name, without namespace, a generic type's as <c>Pair&lt;Int32,String&gt;</c>.
    /// <see cref="ComponentAttribute"/> and <see cref="ComponentFieldAttribute"/> say more.
    /// </typeparam>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentException">The type cannot be one of components; the message says why.</exception>
    /// <exception cref="StoreException">SchemaIncompatible: a field is of a type that cannot become that of its member; ComponentTypeMismatch: a default is none of its field's type. Nothing was changed.</exception>
    public TableSchema Define<T>()
        where T : notnull
    {
        ComponentType<T> type = ComponentType<T>.One;
        TableSchema table = ChangeSchema(type.FindChanges).Get(type.Table);
        type.Bind(table);
        return table;
    }

    /// <summary>Creates a table, as a commit of its own.</summary>
    /// <param name="name">1 to 256 characters, not all of them spaces, none a control character; no other table has it, whatever its case.</param>
    /// <param name="fields">Its fields, at most 1,024, the defaults of which take 16 MiB at most. None: a component of it has no values, it is there or it is not.</param>
    /// <exception cref="ArgumentException">A name cannot be one.</exception>
    /// <exception cref="StoreException">TableExists, FieldExists, SchemaIncompatible; ComponentTypeMismatch: a default is none of its field's type. Nothing was changed.</exception>
    public TableSchema CreateTable(string name, params FieldDefinition[] fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return ChangeTable(name, schema => SchemaChanges.CreateTable(schema, name, fields));
    }

    /// <summary>Gives a table another name, as a commit of its own.</summary>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="StoreException">TableNotFound, TableExists. Nothing was changed.</exception>
    public TableSchema RenameTable(string table, string name) => ChangeTable(name, schema => SchemaChanges.RenameTable(schema, table, name));

    /// <summary>Drops a table with all its components, as a commit of its own.</summary>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public void DropTable(string table) => ChangeSchema(schema => (SchemaChange[])[SchemaChanges.DropTable(schema, table)]);

    /// <summary>Adds a field to a table, as a commit of its own. Components that are there have its default.</summary>
    /// <exception cref="ArgumentException">Its name cannot be one.</exception>
    /// <exception cref="StoreException">TableNotFound, FieldExists; ComponentTypeMismatch: the default is none of the field's type; SchemaIncompatible: there are 1,024 fields, or the defaults take more than 16 MiB. Nothing was changed.</exception>
    public TableSchema AddField(string table, FieldDefinition field) => ChangeTable(table, schema => SchemaChanges.AddField(schema, table, field));

    /// <summary>Gives a field another name, as a commit of its own.</summary>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="StoreException">TableNotFound, FieldNotFound, FieldExists. Nothing was changed.</exception>
    public TableSchema RenameField(string table, string field, string name) => ChangeTable(table, schema => SchemaChanges.RenameField(schema, table, field, name));

    /// <summary>Drops a field with its values, as a commit of its own.</summary>
    /// <exception cref="StoreException">TableNotFound, FieldNotFound.</exception>
    public TableSchema DropField(string table, string field) => ChangeTable(table, schema => SchemaChanges.DropField(schema, table, field));

    /// <summary>Gives a field a type that holds every value of the one it has, as a commit of its own.</summary>
    /// <exception cref="StoreException">TableNotFound, FieldNotFound; SchemaIncompatible: the type does not hold each of them. Nothing was changed.</exception>
    public TableSchema WidenField(string table, string field, FieldType type) => ChangeTable(table, schema => SchemaChanges.WidenField(schema, table, field, type));

    /// <summary>The entities as a snapshot of the store shows them.</summary>
    /// <exception cref="ArgumentException">The snapshot is of another store.</exception>
    public EntitySnapshot At(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.RequireOf(RequireSink().Horizon);
        return new EntitySnapshot(this, snapshot);
    }

    /// <summary>The entities as a transaction sees them, its own changes included, and the way to change them in it.</summary>
    /// <exception cref="ArgumentException">The transaction is of another store.</exception>
    public EntityTransaction In(ITransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        transaction.Snapshot.RequireOf(RequireSink().Horizon);
        return new EntityTransaction(transaction, transaction.GetView(this, () => new EntityChanges(this, transaction.Snapshot)));
    }

    /// <inheritdoc/>
    public override int CountOf(string table) => CountOfAt(table, null);

    /// <inheritdoc/>
    public override bool Exists(EntityId entity) => ExistsAt(entity, null);

    /// <inheritdoc/>
    public override Component? FindComponent(EntityId entity, string table) => FindComponentAt(entity, table, null);

    internal override Entity? FindSelected(EntityId entity, EntitySelection selection) => FindAt(entity, selection, null);

    internal override IEnumerable<Entity> Select(Func<EntitySchema, EntitySelection> select)
    {
        using Snapshot snapshot = RequireSink().Horizon.Open();
        foreach (Entity entity in SelectAt(select, snapshot))
            yield return entity;
    }

    private protected override StoreException NotThere(EntityId entity) => NotThereAt(entity, null);

    /// <summary>The position to be read by a snapshot.</summary>
    internal Lsn LsnOf(Snapshot snapshot) => snapshot.LsnFor(RequireSink().Horizon);

    /// <summary>The schema of a moment; null, here and below: now.</summary>
    internal EntitySchema SchemaAt(Lsn? snapshot)
    {
        lock (_lock)
            return _data.TablesAt(snapshot ?? VisibleNeedsLock).Schema;
    }

    internal int CountAt(Lsn? snapshot)
    {
        lock (_lock)
            return _data.CountAt(snapshot ?? VisibleNeedsLock);
    }

    internal int CountOfAt(string table, Lsn? snapshot)
    {
        lock (_lock)
            return _data.CountOf(table, snapshot ?? VisibleNeedsLock);
    }

    internal bool ExistsAt(EntityId entity, Lsn? snapshot)
    {
        lock (_lock)
            return _data.Exists(entity, snapshot ?? VisibleNeedsLock);
    }

    /// <summary>What a slot was at a snapshot: the generation of its entity, or of the next one; the entity's archetype.</summary>
    internal (int Generation, int Archetype) ReadSlotAt(int slot, Lsn snapshot)
    {
        lock (_lock)
            return _data.Registry.ReadAt(slot, snapshot);
    }

    /// <summary>The tables of an archetype, those that were dropped among them.</summary>
    internal ImmutableArray<int> TablesOf(int archetype)
    {
        lock (_lock)
            return _data.Archetypes.TablesOf(archetype);
    }

    /// <summary>Something that was read at a snapshot and that another commit has changed, or is about to, in words; null when there is nothing.</summary>
    internal string? FindChanged(EntityReads reads, Lsn snapshot)
    {
        lock (_lock)
            return new ConflictSearch(_data, _sequencer, snapshot).Find(reads);
    }

    internal Component? FindComponentAt(EntityId entity, string table, Lsn? snapshot)
    {
        lock (_lock)
            return _data.FindComponent(entity, table, snapshot ?? VisibleNeedsLock);
    }

    internal Entity? FindAt(EntityId entity, EntitySelection selection, Lsn? snapshot)
    {
        lock (_lock)
            return new EntityScan(_data, snapshot ?? VisibleNeedsLock, selection).Find(entity);
    }

    internal StoreException NotThereAt(EntityId entity, Lsn? snapshot)
    {
        lock (_lock)
            return _data.NotThere(entity, snapshot ?? VisibleNeedsLock);
    }

    internal IEnumerable<Entity> SelectAt(Func<EntitySchema, EntitySelection> select, Snapshot snapshot)
    {
        EntitySelection selection = select(SchemaAt(snapshot.Lsn));
        EntityScan scan;
        lock (_lock)
            scan = new EntityScan(_data, snapshot.Lsn, selection);
        List<Entity> piece = [];
        for (bool hasMore = true; hasMore;)
        {
            LsnOf(snapshot);
            piece.Clear();
            lock (_lock)
                hasMore = scan.ReadNext(piece);
            foreach (Entity entity in piece)
                yield return entity;
        }
    }

    bool IStateModel.IsInUse => _sink is { IsClosed: false };

    bool IStateModel.IsRemoval(RecordType type) =>
        (EntityRecordKind)type.Kind is EntityRecordKind.EntityDeleted or EntityRecordKind.ComponentRemoved or EntityRecordKind.TableDropped or EntityRecordKind.FieldDropped;

    void IStateModel.Attach(ICommandSink sink)
    {
        _sink = sink;
        lock (_lock)
        {
            EndLoadingNeedsLock();
            _horizon = sink.Horizon;
            Ids = new EntityIds(_data.Registry);
            _sequencer = new EntitySequencer(_data, Ids);
            _sequencer.Reset();
        }
    }

    void IStateModel.Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
        if (!EntityRecords.IsKnown(type, version))
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"There is no entity record of kind {type.Kind}, version {version}.");
        lock (_lock)
            _sequencer.Sequence((EntityRecordKind)type.Kind, payload, tail);
    }

    void IStateModel.EndSequence(bool accepted)
    {
        lock (_lock)
            _sequencer.End(accepted);
    }

    void IStateModel.ForgetSequenced()
    {
        lock (_lock)
            _sequencer.Reset();
    }

    void IStateModel.Apply(in LogRecord record)
    {
        if (!EntityRecords.IsKnown(record.Type, record.Version))
        {
            if (record.IsSkippable)
                return;
            throw new StoreException(
                StoreError.UnsupportedFormatVersion, $"The entity record of kind {record.Type.Kind}, version {record.Version}, at LSN {record.Lsn} is newer than this program.")
            { Position = record.Lsn.Value };
        }

        lock (_lock)
        {
            EndLoadingNeedsLock();
            EntityRecordKind kind = (EntityRecordKind)record.Type.Kind;
            if (_horizon is not null)
                _data.Begin(_horizon.Oldest);
            EntityId entity = _data.Apply(kind, record.Payload, record.CommitLsn.Value, keepsOlder: _horizon is not null);
            if (_horizon is null)
                return;
            _sequencer.NoteApplied(entity);
            if (kind == EntityRecordKind.EntityDeleted)
                Ids.Free(entity.Slot, _data.Registry.GenerationOf(entity.Slot));
        }
    }

    IStateCapture IStateModel.Capture(Lsn since)
    {
        Snapshot snapshot = RequireSink().Horizon.Open();
        lock (_lock)
            return new EntityCapture(this, _data, snapshot, since);
    }

    /// <summary>Does something with the state while nobody changes it.</summary>
    internal T Locked<T>(Func<T> action)
    {
        lock (_lock)
            return action();
    }

#if MUTANTS
    /// <summary>The commit that has made a slot what it is; whoever calls it holds the lock.</summary>
    internal long SinceOf(int slot) => _data.Registry.SinceOf(slot);
#endif

    /// <summary>A checkpoint that was to say what was removed has failed: the next one has to.</summary>
    internal void PutBackRemoved(Dictionary<TableRows, HashSet<int>> removed)
    {
#if MUTANTS
        if (Mutants.Is(Mutants.TombstonesDroppedByFailedCheckpoint) || Mutants.Is(Mutants.RemovedComponentsForgotten))
            return;
#endif
        lock (_lock)
        {
            foreach ((TableRows rows, HashSet<int> slots) in removed)
                rows.PutBackRemoved(slots);
        }
    }

    void IStateModel.Reset()
    {
        lock (_lock)
        {
            _sink = null;
            _horizon = null;
            _loader = null;
            _data.Clear();
            _sequencer.Reset();
        }
    }

    void IStateModel.ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion)
    {
        lock (_lock)
        {
            _loader ??= new EntityLoader(_data);
            _loader.Read(item);
        }
    }

    IReadOnlyList<string> IStateModel.FindViolations()
    {
        lock (_lock)
        {
            EndLoadingNeedsLock();
            return EntityInvariants.FindViolations(_data);
        }
    }

    /// <summary>The checkpoints are loaded: what follows is replayed on top.</summary>
    private void EndLoadingNeedsLock()
    {
        _loader?.End();
        _loader = null;
    }

    private TableSchema ChangeTable(string name, Func<EntitySchema, SchemaChange> change) => ChangeSchema(schema => (SchemaChange[])[change(schema)]).Get(name);

    /// <summary>Makes changes of the schema as one commit. They are found by what is sequenced: another change may still come first, and then they are found again.</summary>
    /// <returns>The schema after them, which can be seen.</returns>
    private EntitySchema ChangeSchema(Func<EntitySchema, IReadOnlyList<SchemaChange>> find)
    {
        ICommandSink sink = RequireSink();
        while (true)
        {
            (EntitySchema schema, bool isChanging) = Locked(() => (_sequencer.Schema, _sequencer.IsSchemaChanging || _data.SchemaSince > VisibleNeedsLock.Value));
            CommandBatch commands = new();
            EntitySchema next = schema;
            foreach (SchemaChange change in find(schema))
            {
                next = change.ApplyTo(next);
                EntityCommands.Change(commands, change);
            }

            if (commands.Count == 0)
            {
                // What is wanted another one has made so, perhaps just now: whoever goes on must find it there.
                if (isChanging)
                    sink.Flush();
                return next;
            }

            try
            {
                sink.Commit(commands);
                return next;
            }
            catch (StoreException e) when (e.Error is StoreError.TableExists or StoreError.TableNotFound or StoreError.FieldExists or StoreError.FieldNotFound or StoreError.SchemaIncompatible)
            {
                if (ReferenceEquals(Locked(() => _sequencer.Schema), schema))
                    throw;
            }
        }
    }

    private CommandBatch CommandsOf(EntityBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.IsOf(this) ? batch.Commands : throw new ArgumentException("The batch is another state's, or was made before the store was opened.", nameof(batch));
    }

    private ICommandSink RequireSink() =>
        _sink ?? throw new InvalidOperationException("The state is not registered with an open store.");
}
