namespace Persistence.State;

/// <summary>Where a commit went.</summary>
/// <param name="First">LSN of its first record.</param>
/// <param name="End">LSN after its last record.</param>
/// <param name="Timestamp">When it was sequenced, 100 ns units since 1970-01-01 UTC.</param>
public readonly record struct CommitResult(Lsn First, Lsn End, long Timestamp);
