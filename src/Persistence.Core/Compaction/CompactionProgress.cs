namespace Persistence.Compaction;

/// <summary>How a compaction comes along.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Share">How much of it all is done, 0 to 1.</param>
/// <param name="Remaining">How long the rest will take if it goes on like this; null while that cannot be told.</param>
public readonly record struct CompactionProgress(CompactionPhase Phase, double Share, TimeSpan? Remaining);
