namespace Persistence.Checkpoints;

/// <summary>How a checkpoint is to be taken.</summary>
public sealed record CheckpointRequest
{
    /// <summary>A label, or null.</summary>
    public string? Name { get; init; }

    /// <summary>What it is to hold.</summary>
    public CheckpointKind Kind { get; init; }

    /// <summary>Told how it comes along, on the caller's thread, or null.</summary>
    public Action<CheckpointProgress>? Progress { get; init; }

    /// <summary>Gives it up: nothing is published, and what was written is removed.</summary>
    public CancellationToken Stop { get; init; }
}
