namespace Persistence.State;

/// <summary>One record, as a live commit and as a replay see it. The payload is valid only during the call it is passed to.</summary>
public readonly ref struct LogRecord
{
    private readonly Lsn _commitLsn;

    /// <summary>Where the record starts.</summary>
    public Lsn Lsn { get; init; }

    /// <summary>The record by which this one came to count: itself, or the one that ends its transaction where that takes several frames.</summary>
    public Lsn CommitLsn
    {
        get => Lsn.Later(Lsn, _commitLsn);
        init => _commitLsn = value;
    }

    /// <summary>What it is.</summary>
    public RecordType Type { get; init; }

    /// <summary>Version of the payload's layout.</summary>
    public byte Version { get; init; }

    /// <summary>Flags.</summary>
    public RecordFlags Flags { get; init; }

    /// <summary>Whether a reader that does not know the type or version may go on without it.</summary>
    public bool IsSkippable => (Flags & RecordFlags.Skippable) != 0;

    /// <summary>Whether it is part of a transaction that takes several frames, and counts only when that has ended.</summary>
    public bool IsDeferred => (Flags & RecordFlags.Deferred) != 0;

    /// <summary>Whether the next record belongs to the same transaction.</summary>
    public bool HasMoreToFollow => (Flags & RecordFlags.MoreFollow) != 0;

    /// <summary>The LSN of its transaction's first record; zero outside a transaction.</summary>
    public long TransactionId { get; init; }

    /// <summary>When it was sequenced, in 100 ns units since 1970-01-01 UTC.</summary>
    public long Timestamp { get; init; }

    /// <summary>The payload, MessagePack.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }
}
