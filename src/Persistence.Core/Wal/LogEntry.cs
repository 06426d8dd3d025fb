using Persistence.State;

namespace Persistence.Wal;

/// <summary>One record read from the log, with a copy of its payload.</summary>
public sealed record LogEntry
{
    /// <summary>Where it starts.</summary>
    public required Lsn Lsn { get; init; }

    /// <summary>What it is.</summary>
    public required RecordType Type { get; init; }

    /// <summary>Version of the payload's layout.</summary>
    public byte Version { get; init; }

    /// <summary>LSN of its transaction's first record; 0 outside a transaction.</summary>
    public long TransactionId { get; init; }

    /// <summary>The record's flags.</summary>
    internal RecordFlags Flags { get; init; }

    /// <summary>When it was sequenced.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>Whether it is known to have been flushed. An entry that is not may be gone after a power cut.</summary>
    public bool IsDurable { get; init; }

    /// <summary>The payload, MessagePack.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }
}
