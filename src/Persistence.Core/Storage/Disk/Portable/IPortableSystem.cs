using Microsoft.Win32.SafeHandles;

namespace Persistence.Storage.Disk.Portable;

/// <summary>
/// The calls for which the runtime has no class, or one that hides errors (a flush that ignores a read-only file system),
/// does more than asked (a move that copies, a deletion that ignores a missing file) or takes locks of its own. Paths are
/// full paths; what an error is about is named by the path inside the store.
/// </summary>
internal interface IPortableSystem
{
    /// <summary>Opens an existing file, without waiting for the other end of a pipe; null when it is not there.</summary>
    SafeFileHandle? TryOpenExisting(string fullPath, FileIntent intent, string path);

    /// <summary>Creates a file for the owner only; null when the name is taken.</summary>
    SafeFileHandle? TryCreate(string fullPath, string path);

    /// <summary>Creates a directory for the owner only. False when the name is taken.</summary>
    bool TryCreateDirectory(string fullPath, string path);

    /// <summary>Makes a file's bytes and metadata durable.</summary>
    void Sync(SafeFileHandle handle, string path);

    /// <summary>Makes a directory's names durable, where the system has a way.</summary>
    void SyncDirectory(string fullPath, string path);

    /// <summary>Renames within one file system, replacing the target.</summary>
    void Rename(string from, string to, string path);

    /// <summary>Gives a file a second name.</summary>
    void Link(string existing, string created, string path);

    /// <summary>Deletes a file.</summary>
    void Delete(string fullPath, string path);

    /// <summary>Locks a whole file without waiting. False when another handle is in the way.</summary>
    bool TryLock(SafeFileHandle handle, FileLockKind kind, string path);

    /// <summary>Gives up the lock of a handle.</summary>
    void Unlock(SafeFileHandle handle, string path);

    /// <summary>Bytes an unprivileged writer may still allocate in the file system of a directory.</summary>
    long GetFreeBytes(string fullPath);

    /// <summary>Sorts an exception of the runtime's file classes into the faults the engine tells apart.</summary>
    StorageFault ToFault(Exception exception);
}
