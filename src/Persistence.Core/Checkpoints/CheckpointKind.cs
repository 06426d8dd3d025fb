namespace Persistence.Checkpoints;

/// <summary>What a checkpoint is to hold.</summary>
public enum CheckpointKind
{
    /// <summary>What the options make of it: an increment where that is worth it, else the whole state.</summary>
    Automatic,

    /// <summary>The whole state.</summary>
    Full,

    /// <summary>What has changed since the checkpoint before; without one to build on, the whole state.</summary>
    Incremental,
}
