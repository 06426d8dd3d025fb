namespace Persistence.CrashKit.Corruption;

/// <summary>A frame of the log as its writer wrote it; positions are LSNs.</summary>
/// <param name="Lsn">Where it starts.</param>
/// <param name="Bytes">Header and body.</param>
/// <param name="SyncedLsn">Everything below it was synced before this frame was written.</param>
internal readonly record struct LogFrame(long Lsn, int Bytes, long SyncedLsn)
{
    public const int HeaderBytes = 72;

    /// <summary>Behind its last byte, the padding not counted.</summary>
    public long End => Lsn + Bytes;
}
