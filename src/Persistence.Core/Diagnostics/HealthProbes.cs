namespace Persistence.Diagnostics;

/// <summary>The names of the probes, in the order they are made. They never change.</summary>
public static class HealthProbes
{
    /// <summary>A file is written, synced and removed in the store's directory.</summary>
    public const string Writable = nameof(Writable);

    /// <summary>How long flushes of the log have taken lately.</summary>
    public const string Flushes = nameof(Flushes);

    /// <summary>Free space, against what the next segment and the next checkpoint need.</summary>
    public const string Space = nameof(Space);

    /// <summary>The age of the newest checkpoint.</summary>
    public const string Checkpoint = nameof(Checkpoint);

    /// <summary>Log since the newest checkpoint: what the next opening has to replay.</summary>
    public const string ReplayLag = nameof(ReplayLag);

    /// <summary>A failure that stopped the store, or that its background has not got over.</summary>
    public const string Faults = nameof(Faults);

    /// <summary>The merging of checkpoints, and whether one that is due fails.</summary>
    public const string Compaction = nameof(Compaction);

    /// <summary>The archive of log segments, and whether it takes what is to leave the log.</summary>
    public const string Archive = nameof(Archive);

    /// <summary>What recovery has put aside.</summary>
    public const string Quarantine = nameof(Quarantine);

    /// <summary>Who holds the store for writing.</summary>
    public const string Lock = nameof(Lock);

    /// <summary>Whether this process still waits for the store's lock, or has given that up for a while.</summary>
    public const string LockWaits = nameof(LockWaits);
}
