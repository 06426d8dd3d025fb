namespace Persistence.State;

/// <summary>Where an item is in a checkpoint file.</summary>
/// <param name="Block">Offset of the block in which it begins, in bytes from the beginning of the file.</param>
/// <param name="Offset">Where it begins in that block's raw bytes.</param>
public readonly record struct StoredPlace(long Block, int Offset);
