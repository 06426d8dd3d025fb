using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.State;

/// <summary>The state models registered with a store, by their ids.</summary>
public sealed class StateModels
{
    private const byte StatelessVersionMax = 1;

    private readonly IStateModel?[] _byId = new IStateModel?[256];
    private readonly IStateModel[] _all;

    /// <summary>Registers models; each id at most once.</summary>
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
            _byId[(int)model.Id] = model;
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<IStateModel> All => _all;

    /// <summary>The model of an id, or null.</summary>
    public IStateModel? Find(StateModelId id) => _byId[(int)id];

    /// <summary>Empties every state.</summary>
    public void Reset()
    {
        foreach (IStateModel model in _all)
            model.Reset();
    }

    /// <summary>Hands a record to its model. Application and engine records have no state.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/> for a record nobody here understands and that may not be skipped.</exception>
    public void Apply(in LogRecord record)
    {
        if (_byId[(int)record.Type.Model] is IStateModel model)
            model.Apply(record);
        else if (!IsStateless(record))
            throw NotRegistered(record.Type, record.Lsn);
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
        version <= StatelessVersionMax && (type == RecordType.ApplicationRecord || type == RecordType.CheckpointMarker);

    private static StoreException NotRegistered(RecordType type, Lsn lsn) => new(
        StoreError.UnsupportedFormatVersion,
        $"Records of type {type.Model}/{type.Kind} are in the log, and no registered state model understands them, or not their version.")
    { Position = lsn.Value };
}
