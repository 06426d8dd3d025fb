using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.State;

/// <summary>The state models registered with a store, by their ids.</summary>
public sealed class StateModels
{
    private const byte StatelessVersionMax = 1;
    private const byte LargestEngineKind = 5;

    private readonly IStateModel?[] _byId = new IStateModel?[256];
    private readonly IStateModel[] _all;
    private readonly Lsn[] _loaded = new Lsn[256];

    // Under itself: what models read items from that they do not keep.
    private readonly List<IStoredItems> _stored = [];

    // One transaction at a time takes several frames; one that was cut short ends where the next begins.
    private DeferredRecords? _deferred;
    private int _unfinished;

    /// <summary>Registers models; each id at most once.</summary>
    /// <exception cref="ArgumentException">One is null, or has an id that is taken, or is that of a store that is open.</exception>
    public StateModels(IEnumerable<IStateModel> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        _all = [.. models];
        foreach (IStateModel? model in _all)
        {
            if (model is null)
                throw new ArgumentException("A model is null.", nameof(models));
            if (model.Id is StateModelId.Engine or StateModelId.Application || _byId[(int)model.Id] is not null)
                throw new ArgumentException($"A model with id {model.Id} cannot be registered, or is registered twice.", nameof(models));
            if (model.IsInUse)
                throw new ArgumentException($"The model with id {model.Id} is that of a store that is open. Close that first, or register another.", nameof(models));
            _byId[(int)model.Id] = model;
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<IStateModel> All => _all;

    /// <summary>Those whose commits do something to files.</summary>
    internal IEnumerable<IDeferredEffects> Effects => _all.OfType<IDeferredEffects>();

    /// <summary>The model of an id, or null.</summary>
    public IStateModel? Find(StateModelId id) => _byId[(int)id];

    /// <summary>Whether records of a type only take something away, or are the engine's own note of a checkpoint.</summary>
    internal bool IsRemoval(RecordType type) => Find(type.Model)?.IsRemoval(type) ?? type == RecordType.CheckpointMarker;

    /// <summary>Empties every state.</summary>
    public void Reset()
    {
        foreach (IStateModel model in _all)
            model.Reset();
        Array.Clear(_loaded);
        TakeUnfinished();
        CloseStored();
    }

    /// <summary>Remembers what is to be disposed of when the states are emptied, or the store is closed.</summary>
    internal void AddStored(IStoredItems items)
    {
        lock (_stored)
        {
            _stored.RemoveAll(static known => known.IsClosed);
            _stored.Add(items);
        }
    }

    /// <summary>Nothing is read from checkpoints any more.</summary>
    internal void CloseStored()
    {
        IStoredItems[] stored;
        lock (_stored)
        {
            stored = [.. _stored];
            _stored.Clear();
        }

        foreach (IStoredItems items in stored)
            items.Dispose();
    }

    /// <summary>A model's state came from a checkpoint: what was committed below a position is in it, and is not applied again.</summary>
    internal void NoteLoaded(StateModelId model, Lsn appliedLsn) => _loaded[(int)model] = appliedLsn;

#if MUTANTS
    internal Lsn FindLoaded(StateModelId model) => _loaded[(int)model];

#endif
    /// <summary>The log has been read to its end: a transaction without one is rolled back.</summary>
    /// <returns>How many there were.</returns>
    internal int TakeUnfinished()
    {
        int count = _unfinished + (_deferred is null ? 0 : 1);
        _deferred = null;
        _unfinished = 0;
        return count;
    }

    /// <summary>
    /// Hands a record to its model; a deferred one when its transaction's commit is read. Application and engine records have no state.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="leaveOut">Told of each that cannot be applied; the others of its commit are. Null: such a record is an error.</param>
    /// <returns>How many records were applied.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/> for a record nobody here understands and that may not be skipped; MalformedData for a commit whose records were not read.</exception>
    public long Apply(in LogRecord record, Action<Lsn, MalformedDataException>? leaveOut = null)
    {
        if (record.IsDeferred)
            Defer(record);
        else if (record.Type == RecordType.TransactionCommit && record.Version <= StatelessVersionMax)
            return ApplyDeferred(record, leaveOut);
        else if (record.Type == RecordType.TransactionAbort && record.TransactionId == _deferred?.TransactionId)
            _deferred = null;
        else
            return ApplyNow(record, leaveOut);
        return 0;
    }

    private long ApplyNow(in LogRecord record, Action<Lsn, MalformedDataException>? leaveOut)
    {
        if (record.CommitLsn < _loaded[(int)record.Type.Model])
            return 0;
        if (_byId[(int)record.Type.Model] is IStateModel model)
            return TryApply(model, record, leaveOut) ? 1 : 0;
        return IsStateless(record) ? 1 : throw NotRegistered(record.Type, record.Lsn);
    }

    private static bool TryApply(IStateModel model, in LogRecord record, Action<Lsn, MalformedDataException>? leaveOut)
    {
        try
        {
            model.Apply(record);
            return true;
        }
        catch (MalformedDataException e) when (leaveOut is not null)
        {
            leaveOut(record.Lsn, e);
            return false;
        }
    }

    private void Defer(in LogRecord record)
    {
        if (record.Type == RecordType.TransactionBegin)
        {
            _unfinished += _deferred is null ? 0 : 1;
            _deferred = new DeferredRecords(record.TransactionId);
        }

        // Of a transaction whose beginning lies before what is read, the end does too.
        if (record.TransactionId == _deferred?.TransactionId)
            _deferred.Add(record);
    }

    private long ApplyDeferred(in LogRecord commit, Action<Lsn, MalformedDataException>? leaveOut)
    {
        DeferredRecords records = _deferred is not null && _deferred.TransactionId == commit.TransactionId ? _deferred : new DeferredRecords(commit.TransactionId);
        long count = TransactionRecords.ReadCount(commit);
        if (records.Count != count)
            throw new StoreException(StoreError.MalformedData, $"The commit at LSN {commit.Lsn} is of {count} records, and {records.Count} of them are in the log before it.") { Position = commit.Lsn.Value };
        _deferred = null;
        long applied = 0;
        for (int i = 0; i < records.Count; i++)
            applied += ApplyNow(records.Get(i, commit.Lsn), leaveOut);
        return applied;
    }

    /// <summary>Sequences one command with its model.</summary>
    public void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
        if (_byId[(int)type.Model] is IStateModel model)
            model.Sequence(type, version, payload, tail);
        else if (!IsStateless(type, version))
            throw NotRegistered(type, Lsn.None);
    }

    /// <summary>Ends the batch being sequenced, in every model.</summary>
    public void EndSequence(bool accepted)
    {
        foreach (IStateModel model in _all)
            model.EndSequence(accepted);
    }

    /// <summary>Nothing sequenced is waiting to be applied.</summary>
    public void ForgetSequenced()
    {
        foreach (IStateModel model in _all)
            model.ForgetSequenced();
    }

    private static bool IsStateless(in LogRecord record) =>
        record.IsSkippable || IsStateless(record.Type, record.Version);

    private static bool IsStateless(RecordType type, byte version) =>
        version <= StatelessVersionMax && (type == RecordType.ApplicationRecord || type.Model == StateModelId.Engine && type.Kind is > 0 and <= LargestEngineKind);

    private static StoreException NotRegistered(RecordType type, Lsn lsn) => new(
        StoreError.UnsupportedFormatVersion,
        $"Records of type {type.Model}/{type.Kind} are in the log, and no registered state model understands them, or not their version.")
    { Position = lsn.Value };
}
