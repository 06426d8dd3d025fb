namespace Persistence.Storage.Simulated;

/// <summary>The operations of <see cref="IFileSystem"/> and <see cref="IFile"/>.</summary>
public enum StorageOperationKind
{
    /// <summary><see cref="IFileSystem.Open"/>.</summary>
    Open,

    /// <summary><see cref="IFileSystem.List"/>.</summary>
    List,

    /// <summary><see cref="IFileSystem.CreateDirectory"/>.</summary>
    CreateDirectory,

    /// <summary><see cref="IFileSystem.Rename"/>.</summary>
    Rename,

    /// <summary><see cref="IFileSystem.Link"/>.</summary>
    Link,

    /// <summary><see cref="IFileSystem.Delete"/>.</summary>
    Delete,

    /// <summary><see cref="IFileSystem.SyncDirectory"/>.</summary>
    SyncDirectory,

    /// <summary><see cref="IFileSystem.GetFreeBytes"/>.</summary>
    GetFreeBytes,

    /// <summary><see cref="IFile.GetLength"/>.</summary>
    GetLength,

    /// <summary><see cref="IFile.Read"/>.</summary>
    Read,

    /// <summary><see cref="IFile.Write"/>.</summary>
    Write,

    /// <summary><see cref="IFile.SetLength"/>.</summary>
    SetLength,

    /// <summary><see cref="IFile.Allocate"/>.</summary>
    Allocate,

    /// <summary><see cref="IFile.SyncData"/>.</summary>
    SyncData,

    /// <summary><see cref="IFile.Sync"/>.</summary>
    Sync,

    /// <summary><see cref="IFile.TryLock"/>.</summary>
    TryLock,
}
