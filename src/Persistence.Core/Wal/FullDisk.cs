using Persistence.Diagnostics;

namespace Persistence.Wal;

/// <summary>That a store takes no ordinary changes for want of space.</summary>
/// <param name="Since">When the first of them was refused.</param>
/// <param name="Cause">What the last of them was told.</param>
internal sealed record FullDisk(DateTimeOffset Since, StoreException Cause);
