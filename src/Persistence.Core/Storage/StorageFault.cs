namespace Persistence.Storage;

/// <summary>Why a file operation failed.</summary>
public enum StorageFault
{
    /// <summary>Any other error (EIO among them): the content can no longer be trusted.</summary>
    Failed,

    /// <summary>No such file or directory.</summary>
    NotFound,

    /// <summary>A file that must not exist does.</summary>
    AlreadyExists,

    /// <summary>No space or quota left.</summary>
    DiskFull,

    /// <summary>The file system is mounted read-only, or became so after an error.</summary>
    ReadOnly,

    /// <summary>Permission denied.</summary>
    AccessDenied,

    /// <summary>The last component, or the directory holding it, is a link.</summary>
    LinkRefused,

    /// <summary>The process or the system is out of file descriptors.</summary>
    TooManyOpenFiles,

    /// <summary>Another owner holds the lock.</summary>
    Locked,

    /// <summary>A directory where a file was expected, or the other way round, or a directory that is not empty.</summary>
    WrongKind,
}
