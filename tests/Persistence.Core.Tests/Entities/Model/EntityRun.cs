using System.Collections.Immutable;
using System.Globalization;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Recovery;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;

namespace Persistence.Tests.Entities.Model;

/// <summary>Takes steps with a store and with the model, and compares them after each.</summary>
internal sealed class EntityRun : IDisposable
{
    private const int SnapshotsMax = 3;

    // In one step: of a large one, of any other.
    private const int LargeMax = 80;
    private const int ChangesMax = 5;

    private static readonly StoreOptions s_options = EntityStore.Increments with { LogRetainBytes = long.MaxValue, FrameBytesMax = 8 << 10 };
    private static readonly CrashImageKind[] s_images = [CrashImageKind.DropPending, CrashImageKind.KeepEverything, CrashImageKind.KeepNamesOnly, CrashImageKind.KeepDataOnly];

    // By the LSN of the last commit, the states of the current history; and the ids that were given out by then.
    private readonly List<(Lsn End, ModelState Model, ImmutableHashSet<EntityId> Given)> _history = [];
    private readonly List<(Snapshot Snapshot, EntitySnapshot Entities, ModelState Model)> _snapshots = [];

    // What is being captured, and what was captured before it: the next builds on that. None of them is a checkpoint, so that the state goes on as if there were none.
    private readonly GrowableBuffer _item = new(RecordLimits.RecordBytesMax);
    private CaptureRun? _capture;
    private (ImmutableList<byte[]> Items, Lsn At)? _captured;

    private SimulatedFileSystem _disk = new();
    private EntityStore _store;
    private ModelState _model = ModelState.Empty;
    private ImmutableHashSet<EntityId> _given = [];
    private ulong _seed = 1;

    // So many entities there have been at once at most, those that were taken back again among them.
    private int _slotsMax;

    // What happens at an operation on a file; null: nothing.
    private Func<StorageOperation, InjectedFault?>? _atOperation;

    public EntityRun()
    {
        Persistence.Engine.PersistenceStore.Create(TestStore.DeterministicHostFor(_disk), s_options);
        _store = Open();
    }

    /// <summary>How often each kind of step was really taken.</summary>
    public Dictionary<EntityStepKind, int> Taken { get; } = [];

    public void Take(EntityStep step)
    {
        _slotsMax = Math.Max(_slotsMax, _model.Entities.Count + (step.Kind == EntityStepKind.Large ? LargeMax : ChangesMax));
        if (!TryTake(step))
            return;
        Taken[step.Kind] = Taken.GetValueOrDefault(step.Kind) + 1;
        Require(_store.Dump(), _model.Dump(), $"after {step}");
        foreach ((_, EntitySnapshot entities, ModelState model) in _snapshots)
            Require(EntityDump.Of(entities), model.Dump(), $"a snapshot after {step}");
    }

    public void Dispose()
    {
        EndCaptures();
        _store.Dispose();
    }

    private static void Require(string found, string expected, string where)
    {
        if (found != expected)
            throw new InvalidOperationException($"{where}:\n{found}\n--- expected:\n{expected}");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }

    private bool TryTake(EntityStep step)
    {
        switch (step.Kind)
        {
            case EntityStepKind.Batch:
                TakeBatch(step.A, step.B, 1 + (step.C % 4));
                return true;
            case EntityStepKind.Large:
                TakeBatch(step.A, step.B, (LargeMax / 2) + (step.C % (LargeMax / 2)));
                return true;
            case EntityStepKind.Stale:
                TakeStale(step);
                return true;
            case EntityStepKind.Transaction:
                TakeTransaction(step);
                return true;
            case EntityStepKind.Refused:
                return TryRefused(step);
            case EntityStepKind.Schema:
                ModelState changed = ModelChanges.ChangeSchema(_store.Entities, _model, step.A, step.B, step.C);
                bool isChanged = !ReferenceEquals(changed, _model);
                _model = changed;
                if (isChanged)
                    Remember();
                return isChanged;
            case EntityStepKind.SchemaRefused:
                return TryRefusedSchema(step);
            case EntityStepKind.Compact:
                EndCaptures();
                _store.Store.Compact();
                return true;
            case EntityStepKind.Capture:
                TakeCapture(step);
                return true;
            case EntityStepKind.Checkpoint:
                EndCaptures();
                _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = step.A % 3 == 0 ? CheckpointKind.Full : CheckpointKind.Incremental });
                return true;
            case EntityStepKind.CheckpointFails:
                EndCaptures();
                return TryFailingCheckpoint(step);
            case EntityStepKind.Reopen:
                CloseSnapshots();
                _store.Dispose();
                Reopen();
                return true;
            case EntityStepKind.Crash:
                CrashTo(_disk.CrashImage(s_images[step.A % s_images.Length]));
                return true;
            case EntityStepKind.CrashInChange:
                EndCaptures();
                TakeCutChange(step);
                return true;
            case EntityStepKind.Restore:
                return TryRestore(step);
            case EntityStepKind.OpenSnapshot:
                return TryOpenSnapshot();
            case EntityStepKind.CloseSnapshot:
                return TryCloseSnapshot(step);
            default:
                return TryQuery(step);
        }
    }

    private EntityStore Open(RecoveryTarget? target = null)
    {
        SimulatedFileSystem disk = _disk;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) => ReferenceEquals(disk, _disk) ? _atOperation?.Invoke(operation) : null);
        return EntityStore.Open(TestStore.DeterministicHostFor(files, _seed++, bootId: $"boot-{_seed}"), s_options, target: target);
    }

    private void Reopen()
    {
        _store = Open();
        IReadOnlyList<string> violations = ((IStateModel)_store.Entities).FindViolations();
        Require(violations.Count == 0, string.Join("; ", violations));
    }

    /// <summary>What is left of the store that was open does not matter any more.</summary>
    private void CrashTo(SimulatedFileSystem image)
    {
        CloseSnapshots();
        EntityStore abandoned = _store;
        _disk = image;
        Reopen();
        abandoned.Dispose();
    }

    private void Remember() => _history.Add((_store.Store.Horizon.Visible, _model, _given));

    private static ModelState ChangeSeveral(IEntityWriter writer, ModelState model, int a, int b, int count)
    {
        for (int i = 0; i < count; i++)
            model = ModelChanges.Change(writer, model, a + (13 * i), b + (7 * i));
        return model;
    }

    /// <summary>No id was given out before; and there are no more slots than there have been entities at once.</summary>
    private void NoteGiven(ModelState before, ModelState after)
    {
        foreach (EntityId entity in after.Entities.Keys.Where(entity => !before.Entities.ContainsKey(entity)))
        {
            Require(entity.Slot < _slotsMax, $"the id {entity} is of a slot too many: {_slotsMax} are enough");
            Require(!_given.Contains(entity), $"the id {entity} was given out before");
            _given = _given.Add(entity);
        }
    }

    private void TakeBatch(int a, int b, int count)
    {
        EntityBatch batch = _store.Entities.CreateBatch();
        ModelState after = ChangeSeveral(batch, _model, a, b, count);
        _store.Entities.Commit(batch);
        NoteGiven(_model, after);
        _model = after;
        Remember();
    }

    /// <summary>A batch that is made, a change of the schema, and its commit.</summary>
    private void TakeStale(EntityStep step)
    {
        EntityBatch batch = _store.Entities.CreateBatch();
        ModelState before = _model;
        ModelState after = ModelChanges.Change(batch, before, step.A, step.B);
        _model = ModelChanges.ChangeSchema(_store.Entities, before, step.C, step.B, step.A);
        if (!ReferenceEquals(before, _model))
            Remember();
        try
        {
            _store.Entities.Commit(batch);
        }
        catch (StoreException e) when (e.Error == StoreError.TableNotFound)
        {
            Require(before.Tables.Keys.Any(table => !_model.Tables.ContainsKey(table)), e.Message);
            batch.Clear();
            return;
        }

        ModelState made = ModelChanges.Follow(before, after, _model);
        NoteGiven(_model, made);
        _model = made;
        Remember();
    }

    /// <summary>Begins to capture, goes on with it, or ends it: what was captured is what there was when that began.</summary>
    private void TakeCapture(EntityStep step)
    {
        if (_capture is null)
        {
            Lsn since = step.A % 3 > 0 && _captured is not null ? _captured.Value.At : Lsn.None;
            _capture = new CaptureRun(((IStateModel)_store.Entities).Capture(since), since > Lsn.None ? _captured!.Value.Items : [], _store.Store.Horizon.Visible + 1, _model);
            return;
        }

        for (int i = 0; i <= step.B % 4; i++)
        {
            _item.Reset();
            if (!_capture.Capture.TryWriteNext(_item))
            {
                EndCapture(_capture);
                return;
            }

            _capture.Items = _capture.Items.Add(_item.WrittenSpan.ToArray());
        }

        if (step.C % 9 != 0)
            return;
        _capture.Capture.End(published: false);
        _capture = null;
    }

    private void EndCapture(CaptureRun capture)
    {
        Require(capture.Capture.Done == capture.Capture.Count, $"{capture.Capture.Done} of {capture.Capture.Count} was captured");
        capture.Capture.End(published: false);
        _capture = null;
        EntityState state = new();
        IStateModel model = state;
        capture.Items.ForEach(item => model.ReadItem(item, 1));
        Require(string.Join("; ", model.FindViolations()), "", "what was captured is not whole");
        model.Attach(_store.Store);
        Require(EntityDump.Of(state), capture.Model.Dump(), "what was captured");
        _captured = (capture.Items, capture.At);
    }

    private void EndCaptures()
    {
        _capture?.Capture.End(published: false);
        (_capture, _captured) = (null, null);
    }

    private void TakeTransaction(EntityStep step)
    {
        using Transaction transaction = _store.Store.BeginTransaction();
        EntityTransaction entities = _store.Entities.In(transaction);
        ModelState after = ChangeSeveral(entities, _model, step.A, step.B, 1 + (step.C % 3));
        Require(EntityDump.Of(entities), after.Dump(), "in a transaction");
        if (!after.Tables.IsEmpty)
            RequireQueries(entities, after, step);
        if (step.C % 2 == 0)
        {
            using Transaction nested = transaction.Begin();
            EntityTransaction inner = _store.Entities.In(nested);
            ModelState within = ChangeSeveral(inner, after, step.B, step.A, 2);
            Require(EntityDump.Of(inner), within.Dump(), "in a nested transaction");
            if (step.C % 4 == 0)
            {
                nested.Commit();
                after = within;
            }
            else
            {
                nested.Rollback();
            }

            Require(EntityDump.Of(entities), after.Dump(), "after a nested transaction");
        }

        Require(_store.Dump(), _model.Dump(), "beside a transaction");
        if (step.A % 5 == 0)
        {
            transaction.Rollback();
            return;
        }

        transaction.Commit();
        NoteGiven(_model, after);
        _model = after;
        Remember();
    }

    private bool TryRefused(EntityStep step)
    {
        EntityBatch batch = _store.Entities.CreateBatch();
        ModelState after = ModelChanges.Change(batch, _model, step.B, step.C);
        if (FindRefused(step, after) is not (StoreError error, Action<IEntityWriter> change))
        {
            batch.Clear();
            return false;
        }

        RequireRefused(error, () =>
        {
            change(batch);
            _store.Entities.Commit(batch);
        });
        Require(_store.Entities.PendingCount == 0, "something is still sequenced");
        batch.Clear();
        // Its ids are given out again, each once.
        batch.Clear();
        using Transaction transaction = _store.Store.BeginTransaction();
        EntityTransaction entities = _store.Entities.In(transaction);
        after = ModelChanges.Change(entities, _model, step.B, step.C);
        if (FindRefused(step, after) is (StoreError again, Action<IEntityWriter> inTransaction))
            RequireRefused(again, () => inTransaction(entities));
        Require(EntityDump.Of(entities), after.Dump(), "in a transaction that refused a change");
        return true;
    }

    private static void RequireRefused(StoreError error, Action action)
    {
        try
        {
            action();
        }
        catch (StoreException e) when (e.Error == error)
        {
            return;
        }

        throw new InvalidOperationException($"{error} was not thrown.");
    }

    private (StoreError Error, Action<IEntityWriter> Change)? FindRefused(EntityStep step, ModelState model)
    {
        EntityId? stale = _given.Where(entity => !model.Entities.ContainsKey(entity)).Order().Select(static entity => (EntityId?)entity).FirstOrDefault();
        EntityId never = new(9_000, 1);
        EntityId entity = model.Entities.IsEmpty ? never : model.Entities.Keys.ElementAt(step.B % model.Entities.Count);
        ModelTable? table = model.Tables.IsEmpty ? null : model.Tables.Values.ElementAt(step.C % model.Tables.Count);
        ModelField? field = table is null || table.Fields.IsEmpty ? null : table.Fields[step.B % table.Fields.Count];
        bool isThere = table is not null && entity != never && model.Entities[entity].ContainsKey(table.Number);
        return (step.A % 9) switch
        {
            0 => (StoreError.EntityNotFound, writer => writer.Delete(never)),
            1 when stale is EntityId gone => (StoreError.StaleEntity, writer => writer.Delete(gone)),
            2 when stale is EntityId gone && table is not null => (StoreError.StaleEntity, writer => writer.Set(gone, ComponentData.Of(table.Name))),
            3 when isThere => (StoreError.ComponentExists, writer => writer.Add(entity, ComponentData.Of(table!.Name))),
            4 when table is not null && entity != never && !isThere => (StoreError.ComponentNotFound, writer => writer.Remove(entity, table.Name)),
            5 when table is not null && entity != never && !isThere => (StoreError.ComponentNotFound, writer => writer.Change(entity, ComponentData.Of(table.Name))),
            6 when field is { Type.Kind: FieldKind.Reference } => (StoreError.ReferenceDangling, writer => Put(writer, isThere ? step.A / 9 % 3 : 0, entity, ComponentData.Of(table!.Name, (field.Name, field.Type.IsArray ? new[] { stale ?? never } : stale ?? never)))),
            7 => (StoreError.TableNotFound, writer => writer.Create(ComponentData.Of("nowhere"))),
            8 when field is not null => (StoreError.ComponentTypeMismatch, writer => writer.Create(ComponentData.Of(table!.Name, (field.Name, new object())))),
            _ => null,
        };
    }

    private static void Put(IEntityWriter writer, int how, EntityId entity, ComponentData component)
    {
        switch (how)
        {
            case 0:
                writer.Create(component);
                break;
            case 1:
                writer.Set(entity, component);
                break;
            default:
                writer.Change(entity, component);
                break;
        }
    }

    private bool TryRefusedSchema(EntityStep step)
    {
        if (_model.Tables.IsEmpty)
            return false;
        ModelTable table = _model.Tables.Values.ElementAt(step.B % _model.Tables.Count);
        ModelField? field = table.Fields.IsEmpty ? null : table.Fields[step.C % table.Fields.Count];
        EntityState entities = _store.Entities;
        (StoreError Error, Action Change)? refused = (step.A % 5) switch
        {
            0 => (StoreError.TableExists, () => entities.CreateTable(table.Name.ToUpperInvariant())),
            1 => (StoreError.TableNotFound, () => entities.DropTable("nowhere")),
            2 when field is not null => (StoreError.FieldExists, () => entities.AddField(table.Name, new FieldDefinition(field.Name, new FieldType(FieldKind.Bool)))),
            3 when field is not null => (StoreError.SchemaIncompatible, () => entities.WidenField(table.Name, field.Name, new FieldType(FieldKind.Int8))),
            _ => (StoreError.FieldNotFound, () => entities.DropField(table.Name, "nothing")),
        };
        if (refused is not (StoreError error, Action change))
            return false;
        RequireRefused(error, change);
        return true;
    }

    private bool TryFailingCheckpoint(EntityStep step)
    {
        int left = 1 + (step.B % 6);
        bool isFailed = false;
        _atOperation = operation =>
        {
            if (operation.Kind is not (StorageOperationKind.Write or StorageOperationKind.Sync or StorageOperationKind.Rename) || !operation.Path.StartsWith("staging/", StringComparison.Ordinal) || --left != 0)
                return null;
            isFailed = true;
            return new InjectedFault(StorageFault.DiskFull);
        };
        try
        {
            _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = step.A % 3 == 0 ? CheckpointKind.Full : CheckpointKind.Incremental });
        }
        catch (StoreException e) when (e.Error == StoreError.DiskFull)
        {
            Require(isFailed, e.Message);
        }
        finally
        {
            _atOperation = null;
        }

        return isFailed;
    }

    private void TakeCutChange(EntityStep step)
    {
        ModelState before = _model;
        ImmutableHashSet<EntityId> givenBefore = _given;
        SimulatedFileSystem? image = null;
        int left = 1 + (step.C % 5);
        SimulatedFileSystem disk = _disk;
        _atOperation = operation =>
        {
            if (CrashPoint.Changes(operation.Kind) && --left == 0)
                image = disk.CrashImage(s_images[step.A % s_images.Length]);
            return null;
        };
        bool isSchema = step.B % 4 == 0;
        if (isSchema)
            _model = ModelChanges.ChangeSchema(_store.Entities, _model, step.A, step.B, step.C);
        else if (step.B % 4 == 1)
            _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        else
            TakeBatch(step.A, step.B, 1 + (step.C % 3));
        if (isSchema && !ReferenceEquals(before, _model))
            Remember();
        _atOperation = null;
        CrashTo(image ?? _disk.CrashImage(CrashImageKind.DropPending));
        // A change that changes nothing may have happened, or not.
        if (_store.Dump() == _model.Dump() && before.Dump() != _model.Dump())
            return;
        Require(_store.Dump(), before.Dump(), $"after a cut during {step}");
        if (!ReferenceEquals(before, _model))
            _history.RemoveAt(_history.Count - 1);
        (_model, _given) = (before, givenBefore);
    }

    private bool TryRestore(EntityStep step)
    {
        if (_history.Count == 0)
            return false;
        CloseSnapshots();
        int index = step.A % _history.Count;
        _store.Dispose();
        _store = Open(RecoveryTarget.ToLsn(_history[index].End));
        (_, _model, _given) = _history[index];
        _history.RemoveRange(index + 1, _history.Count - index - 1);
        return true;
    }

    private bool TryOpenSnapshot()
    {
        if (_snapshots.Count == SnapshotsMax)
            return false;
        Snapshot snapshot = _store.Store.OpenSnapshot();
        _snapshots.Add((snapshot, _store.Entities.At(snapshot), _model));
        return true;
    }

    private bool TryCloseSnapshot(EntityStep step)
    {
        if (_snapshots.Count == 0)
            return false;
        int index = step.A % _snapshots.Count;
        _snapshots[index].Snapshot.Dispose();
        _snapshots.RemoveAt(index);
        if (_snapshots.Count == 0 && _capture is null)
        {
            // With the next change nothing is kept but what that has changed.
            TakeBatch(0, step.B, 1);
            Require(_store.Entities.OlderCount <= 1 + _model.Tables.Count, $"{_store.Entities.OlderCount} versions are kept");
        }

        return true;
    }

    private void CloseSnapshots()
    {
        EndCaptures();
        _snapshots.ForEach(static one => one.Snapshot.Dispose());
        _snapshots.Clear();
    }

    private bool TryQuery(EntityStep step)
    {
        if (_snapshots.Count > 0 && _snapshots[step.B % _snapshots.Count] is { Model.Tables.IsEmpty: false } snapshot)
            RequireQueries(snapshot.Entities, snapshot.Model, step);
        if (_model.Tables.IsEmpty)
            return false;
        RequireQueries(_store.Entities, _model, step);
        return true;
    }

    private static void RequireQueries(EntityReader reader, ModelState model, EntityStep step)
    {
        List<ModelTable> tables = [.. model.Tables.Values];
        ModelTable with = tables[step.A % tables.Count];
        ModelTable without = tables[step.B % tables.Count];
        RequireFound(reader.Query(with.Name).Without(without.Name), model.Where(components => components.ContainsKey(with.Number) && !components.ContainsKey(without.Number)));
        RequireFound(reader.Query(with.Name, without.Name).Read(), model.Where(components => components.ContainsKey(with.Number) && components.ContainsKey(without.Number)));
        if (with.Fields.IsEmpty)
            return;
        ModelField field = with.Fields[step.C % with.Fields.Count];
        object? operand = ModelValues.Make(field.Type, step.B, [.. model.Entities.Keys]);
        string shown = ModelValues.Show(field.Type, operand);
        if (operand is not null || shown is "null" or "none")
            RequireFound(reader.Query().Where(with.Name, field.Name, FieldTest.Equal, operand), model.Where(components => components.TryGetValue(with.Number, out ImmutableDictionary<int, string>? values) && values[field.Number] == shown));
        if (operand is not (int or double) || field.Type.IsArray)
            return;
        double least = Convert.ToDouble(operand, CultureInfo.InvariantCulture);
        RequireFound(
            reader.Query(with.Name).Where(with.Name, field.Name, FieldTest.GreaterOrEqual, operand),
            model.Where(components => components.TryGetValue(with.Number, out ImmutableDictionary<int, string>? values) && double.Parse(values[field.Number], CultureInfo.InvariantCulture) >= least));
    }

    private static void RequireFound(EntityQuery query, IEnumerable<EntityId> expected) =>
        Require(string.Join(' ', query.Select(static entity => entity.Id).Order()), string.Join(' ', expected.Order()), "a query");
}
