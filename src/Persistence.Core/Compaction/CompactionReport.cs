namespace Persistence.Compaction;

/// <summary>What a compaction has done.</summary>
public sealed record CompactionReport
{
    /// <summary>Why it was done.</summary>
    public required CompactionReason Reason { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The full checkpoint it has taken; null when the newest was full and nothing had changed since.</summary>
    public long? CheckpointId { get; init; }

    /// <summary>Increments that it has merged.</summary>
    public int IncrementsMerged { get; init; }

    /// <summary>Segments that have left the log; with an archive they are there now.</summary>
    public int SegmentsRemoved { get; init; }

    /// <summary>Bytes of all checkpoints, the log and its archive before.</summary>
    public long BytesBefore { get; init; }

    /// <summary>The same after it. Segments are kept as spares for the log to come: they count.</summary>
    public long BytesAfter { get; init; }

    /// <summary>Bytes of the log's segments before, spares included.</summary>
    public long LogBytesBefore { get; init; }

    /// <summary>The same after it.</summary>
    public long LogBytesAfter { get; init; }

    /// <summary>Bytes of checkpoints before.</summary>
    public long CheckpointBytesBefore { get; init; }

    /// <summary>The same after it.</summary>
    public long CheckpointBytesAfter { get; init; }
}
