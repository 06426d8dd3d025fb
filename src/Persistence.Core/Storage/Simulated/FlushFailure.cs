namespace Persistence.Storage.Simulated;

/// <summary>What a file system makes of a sync that fails, and of what was to be made durable by it. Of a directory's names the first and the last are known; the others do as the first.</summary>
public enum FlushFailure
{
    /// <summary>
    /// ext4 (data=ordered) and XFS: what was pending counts as written from then on. It stays readable, each handle open at that moment is told of the
    /// error once, and the next sync succeeds without making it durable; a part of it may be.
    /// </summary>
    Forgotten,

    /// <summary>ext4 (data=journal): this sync succeeds, its bytes are in the journal; the next sync of the file fails, and what is pending then is forgotten.</summary>
    ReportedLate,

    /// <summary>btrfs: the file goes back to what it was at its last sync.</summary>
    Reverted,

    /// <summary>The journal itself could not be written: this sync fails, and the whole file system is read-only from then on. Nothing pending becomes durable any more.</summary>
    JournalAborted,
}
