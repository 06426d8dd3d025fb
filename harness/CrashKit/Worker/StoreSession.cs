using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Transactions;

namespace Persistence.CrashKit.Worker;

/// <summary>An open store and what workers do to it. Thread-safe.</summary>
internal sealed class StoreSession : IDisposable
{
    private const string RecordName = "note";

    private readonly EntityPerformer? _entities;

    public StoreSession(PersistenceStore store, WorkloadStates states)
    {
        Store = store;
        States = states;
        _entities = states.Entities is null ? null : new EntityPerformer(store, states.Entities);
    }

    public PersistenceStore Store { get; }

    public WorkloadStates States { get; }

    public KeyValueState KeyValue => States.KeyValue;

    /// <summary>Carries out an operation; on return it is as durable as the store's mode promises.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="turn">What it does to entities, where it does.</param>
    /// <returns>Where it is in the log, or null when it logs nothing of its own, or does not say where.</returns>
    public CommitResult? Perform(PlannedOperation operation, EntityTurn? turn = null)
    {
        CommitDurability durability = DurabilityOf(operation);
        if (turn is not null)
            return Perform(operation, turn, durability);
        switch (operation.Kind)
        {
            case OperationKind.Put or OperationKind.Delete or OperationKind.Batch or OperationKind.Transaction when operation.IsAsync:
                return PerformAsync(operation).AsTask().GetAwaiter().GetResult();
            case OperationKind.Put:
                return KeyValue.Set(operation.Writes[0].Key, ValueText.Encode(operation.Writes[0].Value!), durability);
            case OperationKind.Delete:
                return KeyValue.Delete(operation.Writes[0].Key, durability);
            case OperationKind.Batch:
                return KeyValue.Commit(ToBatch(operation), durability);
            case OperationKind.Transaction:
                using (Transaction transaction = Prepare(operation))
                    return transaction.Commit(durability);
            case OperationKind.Rollback:
                using (Transaction transaction = Prepare(operation))
                    transaction.Rollback();
                return null;
            case OperationKind.Record:
                return Store.AppendRecord(RecordName, ValueText.Encode(operation.Record!), durability);
            case OperationKind.Checkpoint:
                Store.TakeCheckpoint();
                return null;
            case OperationKind.Compact:
                Store.Compact();
                return null;
            case OperationKind.Rotate:
                Store.RotateLog();
                return null;
            default:
                Store.Flush();
                return null;
        }
    }

    /// <summary>Commits an operation's writes without blocking on their flush.</summary>
    /// <remarks>Of a transaction what it comes to: its own task is completed by a thread that no simulation knows.</remarks>
    public ValueTask<CommitResult> PerformAsync(PlannedOperation operation, EntityTurn? turn = null) =>
        turn is null ? KeyValue.CommitAsync(ToBatch(operation), DurabilityOf(operation)) : _entities!.CommitAsync(turn, DurabilityOf(operation));

    private CommitResult? Perform(PlannedOperation operation, EntityTurn turn, CommitDurability durability)
    {
        switch (operation.Kind)
        {
            case OperationKind.Rollback when turn.Plan.Refused is not null:
                _entities!.Refuse(turn);
                return null;
            case OperationKind.Rollback:
                using (Transaction transaction = Prepare(operation, turn))
                    transaction.Rollback();
                return null;
            case OperationKind.Transaction:
                using (Transaction transaction = Prepare(operation, turn))
                    return transaction.Commit(durability);
            case OperationKind.Schema:
                _entities!.ChangeSchema(turn);
                return null;
            case var _ when operation.IsAsync:
                return PerformAsync(operation, turn).AsTask().GetAwaiter().GetResult();
            default:
                return _entities!.Commit(turn, durability);
        }
    }

    /// <summary>A transaction that has done everything but to end: half of its writes itself, half in one nested in it, and what is undone in another.</summary>
    private Transaction Prepare(PlannedOperation operation, EntityTurn? turn = null)
    {
        if (turn is not null)
            _entities!.Ensure();
        Transaction transaction = Store.BeginTransaction();
        try
        {
            Prepare(transaction, operation, turn);
            return transaction;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    private void Prepare(Transaction transaction, PlannedOperation operation, EntityTurn? turn)
    {
        IReadOnlyList<KeyWrite> writes = operation.ItemWrites;
        int half = writes.Count / 2;
        Write(transaction, writes.Take(half));
        using (Transaction undone = transaction.Begin())
        {
            Write(undone, operation.Undone);
            undone.Rollback();
        }

        using (Transaction nested = transaction.Begin())
        {
            Write(nested, writes.Skip(half));
            nested.Commit();
        }

        if (operation.Kind == OperationKind.Rollback)
            Write(transaction, operation.Undone);
        if (turn is not null)
            _entities!.Prepare(turn, transaction);
        if (operation.Record is string record)
            transaction.AppendRecord(RecordName, ValueText.Encode(record));
    }

    /// <summary>Writes, and reads what was written.</summary>
    private void Write(Transaction transaction, IEnumerable<KeyWrite> writes)
    {
        foreach (KeyWrite write in writes)
        {
            byte[]? value = write.Value is null ? null : ValueText.Encode(write.Value);
            ReadOnlyMemory<byte>? found = WorkloadStates.FileName(write.Key) is string file ? WriteFile(transaction, file, value) : WriteItem(transaction, write.Key, value);
            if (found is null != value is null || !(found ?? default).Span.SequenceEqual(value))
                throw new InvalidOperationException($"A transaction does not read what it has written to '{write.Key}'.");
        }
    }

    private ReadOnlyMemory<byte>? WriteItem(Transaction transaction, string key, byte[]? value)
    {
        KeyValueTransaction state = KeyValue.In(transaction);
        if (value is null)
            state.Delete(key);
        else
            state.Set(key, value);
        return state.Find(key)?.Value;
    }

    private ReadOnlyMemory<byte>? WriteFile(Transaction transaction, string name, byte[]? content)
    {
        FileTransaction files = States.Files!.In(transaction);
        if (content is null)
            files.Delete(name);
        else
            files.Write(name, content);
        return files.Read(name)?.AsMemory();
    }

    private static CommitDurability DurabilityOf(PlannedOperation operation) => operation.AsksForSync ? CommitDurability.Sync : CommitDurability.Store;

    /// <summary>Whether an operation, once returned, makes everything before it durable whatever the store's mode.</summary>
    public static bool IsBarrier(PlannedOperation operation) =>
        operation.AsksForSync || operation.Kind is OperationKind.Flush or OperationKind.Checkpoint;

    /// <summary>Whether a failure proves that the operation did not happen.</summary>
    public static bool IsDefinite(StoreException failure) =>
        failure.Error is StoreError.RecordTooLarge or StoreError.ConfigurationInvalid or StoreError.StoreClosed || IsConflict(failure);

    /// <summary>Whether a transaction was refused because another commit came first.</summary>
    public static bool IsConflict(StoreException failure) => failure.Error == StoreError.TransactionAborted;

    /// <summary>What the store holds.</summary>
    public Observation Observe()
    {
        Dictionary<string, string> items = new(StringComparer.Ordinal);
        foreach (KeyValueItem item in KeyValue.FindByPrefix())
            items.Add(item.Key, ValueText.Describe(ValueText.Decode(item.Value.Span)));
        foreach ((string key, byte[] content) in States.ReadFiles())
            items.Add(key, ValueText.Describe(ValueText.Decode(content)));
        foreach (EntityItem item in States.ReadEntities())
            items[item.Key] = item.IsTag ? ValueText.Describe(item.Text) : item.Text;
        return new Observation(items, [.. RecordReader.Read(Store, static (_, value) => ValueText.Describe(ValueText.Decode(value)))]);
    }

    public void Dispose() => Store.Dispose();

    private static KeyValueBatch ToBatch(PlannedOperation operation)
    {
        KeyValueBatch batch = new();
        foreach (KeyWrite write in operation.Writes)
        {
            if (write.Value is null)
                batch.Delete(write.Key);
            else
                batch.Set(write.Key, ValueText.Encode(write.Value));
        }

        return batch;
    }
}
