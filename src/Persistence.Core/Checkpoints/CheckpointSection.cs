using Persistence.State;

namespace Persistence.Checkpoints;

/// <summary>One state model's part of a checkpoint.</summary>
/// <param name="Model">Whose items these are.</param>
/// <param name="Version">Version of the items.</param>
/// <param name="AppliedLsn">The state holds exactly the records below it.</param>
/// <param name="FirstBlock">Number of its first block.</param>
/// <param name="BlockCount">How many blocks.</param>
/// <param name="ItemCount">How many items.</param>
/// <param name="IsWhole">Whether they are the whole state; else what has changed since the checkpoint's parent.</param>
internal sealed record CheckpointSection(StateModelId Model, byte Version, Lsn AppliedLsn, long FirstBlock, long BlockCount, long ItemCount, bool IsWhole);
