namespace Persistence.Diagnostics;

/// <summary>What can be done about errors that come again and again.</summary>
internal static class ErrorSuggestions
{
    /// <summary>For errors of one kind, or their cause.</summary>
    public static string For(StoreError error) => error switch
    {
        StoreError.StoreLocked => "Wait for the lock with a timeout instead of trying again and again.",
        StoreError.CircuitOpen => "Find out which process keeps the store open, and try again when it has closed it.",
        StoreError.StoreNotFound => "Check the path, or create the store first.",
        StoreError.StoreExists => "Open the store instead of creating it.",
        StoreError.StoreClosed => "Keep the handle open until its last user is done, or open the store again.",
        StoreError.StoreFaulted => "Close the handle and open the store again: opening recovers everything that was acknowledged.",
        StoreError.DiskFull => "Free space on the disk, or move the store to a larger one.",
        StoreError.ReadOnlyFileSystem => "Find out why the file system is read-only (an error of the device often is the reason), and mount it for writing.",
        StoreError.AccessDenied => "Run as the owner of the store's files, or give them back to the owner.",
        StoreError.TooManyOpenFiles => "Close handles that are no longer used, or raise the limit of open files.",
        StoreError.StorageFailed => "Check the device, its cable and its file system, and have a backup at hand.",
        StoreError.ChecksumMismatch or StoreError.MalformedData or StoreError.SequenceGap or StoreError.CheckpointInvalid or StoreError.DurabilityLost =>
            "Verify the store's files, check the device and the memory, and recover or restore a backup.",
        StoreError.RecoveryRequired => "Look at the recovery plan, and recover with the mode it names or restore a backup.",
        StoreError.UnsupportedFormatVersion => "Use the version that wrote the store, or a newer one.",
        StoreError.CompressionUnavailable => "Install the library the errors name.",
        StoreError.ConfigurationInvalid => "Correct the option the errors name.",
        StoreError.ValueNotSupported => "Leave out of the values what is not data.",
        StoreError.RecordTooLarge => "Split what is stored at once.",
        StoreError.LogTruncated or StoreError.PositionNotInLog => "Start from a position that is still in the log, or keep more of it.",
        _ => "Look at the first of these errors: the others repeat it.",
    };

    /// <summary>For a lock that is waited for in vain.</summary>
    /// <param name="owners">Who held it, each once.</param>
    public static string ForLockContention(IReadOnlyCollection<int> owners) => owners.Count switch
    {
        0 => "Find out which process keeps the store open, and have it closed when its work is done.",
        1 => $"Have process {owners.First()} close the store when its work is done, or let all work go through that process.",
        _ => "Open the store for less long, gather several changes into one opening, or wait longer.",
    };
}
