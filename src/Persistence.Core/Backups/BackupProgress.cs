namespace Persistence.Backups;

/// <summary>How a backup, or restoring one, comes along.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">Bytes done in this phase.</param>
/// <param name="Total">Bytes to be done in it; 0 where nobody knows.</param>
public readonly record struct BackupProgress(BackupPhase Phase, long Done, long Total);
