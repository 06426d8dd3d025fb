using Persistence.State;

namespace Persistence.Terminals;

/// <summary>Where a chunk can be read again.</summary>
internal sealed record StoredChunk(IStoredItems Items, StoredPlace Place);
