namespace Persistence.Storage.Simulated;

/// <summary>The operations that change something on a disk, or make a change durable.</summary>
public enum DiskChangeKind
{
    /// <summary>A file was created, empty.</summary>
    CreateFile,

    /// <summary>A directory was created.</summary>
    CreateDirectory,

    /// <summary>A file got another name, replacing whatever had it.</summary>
    Rename,

    /// <summary>A file got one more name.</summary>
    Link,

    /// <summary>A name was removed.</summary>
    Delete,

    /// <summary>A directory's names were made durable.</summary>
    SyncDirectory,

    /// <summary>Bytes were written.</summary>
    Write,

    /// <summary>A file was cut or grew by a hole.</summary>
    SetLength,

    /// <summary>Space was taken that reads as zeros.</summary>
    Allocate,

    /// <summary>A file's bytes were made durable, and its size if reading them needs it.</summary>
    SyncData,

    /// <summary>A file's bytes and size were made durable.</summary>
    Sync,

    /// <summary>A sync failed: what was pending may be on the medium in part, and no later sync makes it durable.</summary>
    FailedSync,

    /// <summary>A sync failed and the file went back to what it was at its last sync: what was pending is gone.</summary>
    RevertedSync,
}
