namespace Persistence.Diagnostics;

/// <summary>How long things take and how large batches are, as one handle has seen it lately. Only for a store whose host has telemetry.</summary>
public sealed record StoreTimings
{
    /// <summary>Data syncs of the active segment, in milliseconds: the last few thousand.</summary>
    public Distribution FlushMs { get; init; }

    /// <summary>Records written by one flush: the last few thousand frames.</summary>
    public Distribution FrameRecords { get; init; }

    /// <summary>Bytes written by one flush, padding included: the last few thousand frames.</summary>
    public Distribution FrameBytes { get; init; }

    /// <summary>Checkpoints taken by this handle.</summary>
    public long CheckpointsTaken { get; init; }

    /// <summary>How long the last of them took, or null.</summary>
    public TimeSpan? LastCheckpointDuration { get; init; }
}
