namespace Persistence.State;

/// <summary>What a log record is: a state model and one of its kinds. On disk: model × 256 + kind.</summary>
/// <param name="Value">The number on disk.</param>
public readonly record struct RecordType(ushort Value)
{
    /// <summary>The engine's note that a checkpoint was published.</summary>
    public static readonly RecordType CheckpointMarker = new(StateModelId.Engine, 1);

    /// <summary>The engine's note that a transaction which takes several frames begins.</summary>
    public static readonly RecordType TransactionBegin = new(StateModelId.Engine, 2);

    /// <summary>The end of a transaction which takes several frames: from here on all of it counts.</summary>
    public static readonly RecordType TransactionCommit = new(StateModelId.Engine, 3);

    /// <summary>The end of a transaction which takes several frames: nothing of it counts.</summary>
    public static readonly RecordType TransactionAbort = new(StateModelId.Engine, 4);

    /// <summary>The engine's note, for audits, of a transaction that was rolled back.</summary>
    public static readonly RecordType RolledBackTransaction = new(StateModelId.Engine, 5);

    /// <summary>An application record.</summary>
    public static readonly RecordType ApplicationRecord = new(StateModelId.Application, 1);

    /// <summary>The kind <paramref name="kind"/> of a model.</summary>
    public RecordType(StateModelId model, byte kind)
        : this((ushort)(((int)model << 8) | kind))
    {
    }

    /// <summary>The model that applies the record.</summary>
    public StateModelId Model => (StateModelId)(Value >> 8);

    /// <summary>The model's own number for what happened.</summary>
    public byte Kind => (byte)Value;
}
