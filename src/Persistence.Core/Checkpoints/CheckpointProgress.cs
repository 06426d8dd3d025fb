namespace Persistence.Checkpoints;

/// <summary>How a checkpoint comes along.</summary>
/// <param name="IsVerifying">Whether it is being read back; before that it is written.</param>
/// <param name="Done">How much was gone through: items while it is written, bytes before compression while it is read back.</param>
/// <param name="Total">How much there is to go through.</param>
/// <param name="RawBytes">Bytes written, or read back, before compression.</param>
public readonly record struct CheckpointProgress(bool IsVerifying, long Done, long Total, long RawBytes);
