namespace Persistence.Recovery;

/// <summary>How far a recovery has come.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="BytesDone">Bytes of log read.</param>
/// <param name="BytesTotal">Bytes of log to read, at most.</param>
/// <param name="Records">Records replayed.</param>
public readonly record struct RecoveryProgress(RecoveryPhase Phase, long BytesDone, long BytesTotal, long Records);
