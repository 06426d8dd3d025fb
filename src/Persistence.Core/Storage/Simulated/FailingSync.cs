namespace Persistence.Storage.Simulated;

/// <summary>A sync that is to fail: see <see cref="SimulatedFileSystem.FailSync"/>.</summary>
/// <param name="Path">The directory, or the path by which the handle was opened that syncs; a directory with a slash behind it: whatever file in it.</param>
/// <param name="Failure">What becomes of what was to be made durable.</param>
public sealed record FailingSync(string Path, FlushFailure Failure)
{
    /// <summary>Which sync of that path from now on; 1 is the next.</summary>
    public int Ordinal { get; init; } = 1;

    /// <summary>What the file system answers.</summary>
    public StorageFault Fault { get; init; } = StorageFault.Failed;

    /// <summary>Whether the first handle opened later that syncs is told of it too. Kernels differ.</summary>
    public bool IsHeardLater { get; init; }
}
