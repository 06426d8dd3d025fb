namespace Persistence.Diagnostics;

/// <summary>Which errors follow from which others on the same store.</summary>
internal static class ErrorCauses
{
    private static readonly StoreError[] WriteFailures =
        [StoreError.DiskFull, StoreError.ReadOnlyFileSystem, StoreError.AccessDenied, StoreError.TooManyOpenFiles, StoreError.StorageFailed];

    private static readonly StoreError[] Damage =
        [StoreError.ChecksumMismatch, StoreError.MalformedData, StoreError.SequenceGap, StoreError.CheckpointInvalid, StoreError.DurabilityLost, StoreError.StorageFailed];

    /// <summary>What may have led to an error; nothing for most.</summary>
    public static IReadOnlyList<StoreError> Of(StoreError error) => error switch
    {
        StoreError.StoreFaulted => WriteFailures,
        StoreError.CircuitOpen => [StoreError.LockTimeout],
        StoreError.RecoveryRequired => Damage,
        // Many file systems turn read-only after an error of the device.
        StoreError.ReadOnlyFileSystem => [StoreError.StorageFailed],
        _ => [],
    };
}
