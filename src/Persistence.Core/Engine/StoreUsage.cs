namespace Persistence.Engine;

/// <summary>The files of a store, and the bytes they take.</summary>
public sealed record StoreUsage
{
    /// <summary>Log segments.</summary>
    public int Segments { get; init; }

    /// <summary>Their size; space ahead of the log is part of it.</summary>
    public long SegmentBytes { get; init; }

    /// <summary>Segments prepared ahead.</summary>
    public int Spares { get; init; }

    /// <summary>Their size.</summary>
    public long SpareBytes { get; init; }

    /// <summary>Bytes held for when the disk is full.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>Checkpoint files.</summary>
    public int Checkpoints { get; init; }

    /// <summary>Their size.</summary>
    public long CheckpointBytes { get; init; }

    /// <summary>Files in quarantine.</summary>
    public int Quarantined { get; init; }

    /// <summary>Their size.</summary>
    public long QuarantineBytes { get; init; }
}
