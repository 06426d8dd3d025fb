namespace Persistence.Storage;

/// <summary>
/// The files of one store: everything the engine ever does to a disk. Paths are relative to the store's directory, use
/// <c>/</c>, have one or two components (<c>ROOT</c>, <c>wal/0000000001.wal</c>) and never <c>..</c>; the empty path is the
/// store's directory itself. A directory's path has one component. No component is empty or <c>.</c>, or holds a backslash,
/// a colon or NUL: that is an <see cref="ArgumentException"/>. Inside the store no link is followed. Every failure is a
/// <see cref="StorageException"/>.
/// </summary>
/// <remarks>
/// Nothing here is durable by itself. A file's bytes are durable after <see cref="IFile.SyncData"/> or
/// <see cref="IFile.Sync"/> returned; a name (created, renamed, linked or deleted) after <see cref="SyncDirectory"/> of the
/// directory that holds it returned. Thread-safe.
/// </remarks>
public interface IFileSystem
{
    /// <summary>Opens a regular file; anything else is <see cref="StorageFault.WrongKind"/>, and nothing blocks on a pipe.</summary>
    /// <exception cref="StorageException"><see cref="StorageFault.NotFound"/>, <see cref="StorageFault.AlreadyExists"/>, <see cref="StorageFault.LinkRefused"/> and the rest.</exception>
    IFile Open(string path, FileIntent intent);

    /// <summary>Lists a directory in ordinal order of the names; nothing when it does not exist.</summary>
    IReadOnlyList<FileEntry> List(string directory);

    /// <summary>Creates a directory, for the owner only; nothing happens when it is there already.</summary>
    void CreateDirectory(string path);

    /// <summary>
    /// Renames a file, replacing an existing target atomically. Directories are not renamed
    /// (<see cref="StorageFault.WrongKind"/>). When both are names of one file, both stay.
    /// </summary>
    void Rename(string from, string to);

    /// <summary>Gives a regular file a second name. Fails with <see cref="StorageFault.AlreadyExists"/> when the name is taken.</summary>
    void Link(string existing, string created);

    /// <summary>Deletes a file, or a link itself. Fails with <see cref="StorageFault.NotFound"/> when it is not there.</summary>
    void Delete(string path);

    /// <summary>Makes the names in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Bytes an unprivileged writer may still allocate.</summary>
    long GetFreeBytes();

    /// <summary>The same of the disk that a file lies on, or would: the directories of a store may lie on several.</summary>
    long GetFreeBytesFor(string path) => GetFreeBytes();
}
