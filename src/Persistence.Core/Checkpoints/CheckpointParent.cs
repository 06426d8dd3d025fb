namespace Persistence.Checkpoints;

/// <summary>The checkpoint that an increment builds on.</summary>
/// <param name="Id">Its number.</param>
/// <param name="FileCrc">CRC-32C of its file's bytes: another file under its name is not it.</param>
internal readonly record struct CheckpointParent(long Id, uint FileCrc);
