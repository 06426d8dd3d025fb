namespace Persistence.Compaction;

/// <summary>What a compaction is at.</summary>
public enum CompactionPhase
{
    /// <summary>A full checkpoint is written in the place of one and its increments.</summary>
    Merging,

    /// <summary>It is read back.</summary>
    Verifying,

    /// <summary>Log that is covered by it is taken out, or archived.</summary>
    RemovingLog,
}
