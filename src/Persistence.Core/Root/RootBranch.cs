using Persistence.State;

namespace Persistence.Root;

/// <summary>A point where history was left for another one.</summary>
/// <param name="Epoch">The epoch that begins.</param>
/// <param name="ForkedAt">The LSN up to which the old history counts.</param>
/// <param name="First">The first LSN of the new history.</param>
public sealed record RootBranch(long Epoch, Lsn ForkedAt, Lsn First);
