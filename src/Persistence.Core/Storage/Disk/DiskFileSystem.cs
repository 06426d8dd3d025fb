using System.Runtime.InteropServices;
using Persistence.Diagnostics;
using Persistence.Storage.Disk.Linux;
using Persistence.Storage.Disk.Portable;

namespace Persistence.Storage.Disk;

/// <summary>
/// The files of a store in a directory of the real file system. Thread-safe. Dispose it when the store is closed: files
/// opened from it stay usable, the file system itself does not.
/// </summary>
/// <remarks>
/// On 64-bit Linux every operation is a system call relative to a descriptor of the store's directory, and every error it
/// returns is reported, those of fsync included. Elsewhere the runtime's file classes are used where they keep the
/// contract, and system calls where they do not.
/// </remarks>
public sealed class DiskFileSystem : IFileSystem, IDisposable
{
    private readonly IFileSystem files;
    private bool isDisposed;

    private DiskFileSystem(string rootDirectory, IFileSystem files)
    {
        RootDirectory = rootDirectory;
        this.files = files;
    }

    /// <summary>The full path of the store's directory.</summary>
    public string RootDirectory { get; }

    private IFileSystem Files
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return files;
        }
    }

    private static bool HasLinuxCalls =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Opens the files of an existing directory, which may be reached through links.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.StoreNotFound"/>: there is no directory at that path.</exception>
    /// <exception cref="StorageException">The directory cannot be opened.</exception>
    public static DiskFileSystem Open(string directory)
    {
        string path = FullPath(directory);
        IFileSystem? files = HasLinuxCalls ? LinuxStoreDirectory.TryOpen(path) : PortableFileSystem.TryOpen(path);
        return files is null
            ? throw new StoreException(StoreError.StoreNotFound, $"There is no store at '{path}': it is not a directory.")
            : new DiskFileSystem(path, files);
    }

    /// <summary>
    /// Opens the files of a directory, creating it (and missing ones above it) for the owner only. On return its name is
    /// durable. Nothing is changed in a directory that exists.
    /// </summary>
    /// <exception cref="StoreException"><see cref="StoreError.StoreNotFound"/>: the path leads to something that is not a directory.</exception>
    /// <exception cref="StorageException">The directory cannot be created, made durable or opened.</exception>
    public static DiskFileSystem Create(string directory)
    {
        string path = FullPath(directory);
        if (HasLinuxCalls)
            LinuxStoreDirectory.Create(path);
        else
            PortableFileSystem.Create(path);
        return Open(path);
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileIntent intent) => Files.Open(path, intent);

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string directory) => Files.List(directory);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Files.CreateDirectory(path);

    /// <inheritdoc/>
    public void Rename(string from, string to) => Files.Rename(from, to);

    /// <inheritdoc/>
    public void Link(string existing, string created) => Files.Link(existing, created);

    /// <inheritdoc/>
    public void Delete(string path) => Files.Delete(path);

    /// <inheritdoc/>
    public void SyncDirectory(string path) => Files.SyncDirectory(path);

    /// <inheritdoc/>
    public long GetFreeBytes() => Files.GetFreeBytes();

    /// <summary>Closes the directory. Disposing twice does nothing.</summary>
    public void Dispose()
    {
        isDisposed = true;
        (files as IDisposable)?.Dispose();
    }

    private static string FullPath(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
    }
}
