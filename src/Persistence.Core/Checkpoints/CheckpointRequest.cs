using Persistence.Configuration;

namespace Persistence.Checkpoints;

/// <summary>How a checkpoint is to be taken.</summary>
public sealed record CheckpointRequest
{
    private readonly int? _keep;

    /// <summary>A label, or null.</summary>
    public string? Name { get; init; }

    /// <summary>What it is to hold.</summary>
    public CheckpointKind Kind { get; init; }

    /// <summary>How many checkpoints, each with the increments that build on it, are kept with this one (1 to 64); null: as the options say.</summary>
    /// <exception cref="Diagnostics.StoreException">ConfigurationInvalid.</exception>
    public int? Keep { get => _keep; init => _keep = value is int keep ? (int)StoreOptions.Check(keep, 1, 64) : null; }

    /// <summary>Told how it comes along, on the caller's thread, or null.</summary>
    public Action<CheckpointProgress>? Progress { get; init; }

    /// <summary>Gives it up: nothing is published, and what was written is removed.</summary>
    public CancellationToken Stop { get; init; }
}
