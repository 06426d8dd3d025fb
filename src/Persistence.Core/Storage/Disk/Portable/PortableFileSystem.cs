using Microsoft.Win32.SafeHandles;

namespace Persistence.Storage.Disk.Portable;

#pragma warning disable RS0030 // This is where the engine's files become the runtime's.

/// <summary>
/// The files of a store on systems without an implementation of their own: macOS, Windows, the BSDs.
/// </summary>
/// <remarks>
/// It works on full paths, so a directory that is replaced by a link between the check and the operation is followed; on
/// Unix the last component is opened without following. A device file that can be positioned is taken for a regular file.
/// The runtime's own file locking is not relied on, so DOTNET_SYSTEM_IO_DISABLEFILELOCKING changes nothing.
/// </remarks>
internal sealed class PortableFileSystem : IFileSystem
{
    private const int CreationRacesMax = 100;

    private readonly string root;
    private readonly IPortableSystem system;

    private PortableFileSystem(string root, IPortableSystem system)
    {
        this.root = root;
        this.system = system;
    }

    /// <summary>Opens the files of a directory, or returns null when there is none.</summary>
    /// <param name="fullPath">The full path. If it is a link, the file system is that of its target from here on.</param>
    public static PortableFileSystem? TryOpen(string fullPath) =>
        Directory.Exists(fullPath) ? new PortableFileSystem(FollowLink(fullPath), CreateSystem()) : null;

    /// <summary>Creates the directory and the missing ones above it, for the owner only, each made durable where the system has a way.</summary>
    public static void Create(string fullPath) => Create(CreateSystem(), fullPath);

    public IFile Open(string path, FileIntent intent)
    {
        StorePath parsed = StorePath.ParseFile(path);
        string fullPath = FullPath(parsed, "open", path);
        SafeFileHandle handle = intent switch
        {
            FileIntent.Read or FileIntent.ReadWrite => OpenExisting(fullPath, intent, path) ?? throw Error(StorageFault.NotFound, "open", path),
            FileIntent.CreateNew => system.TryCreate(fullPath, path) ?? throw Error(StorageFault.AlreadyExists, "open", path),
            FileIntent.OpenOrCreate => OpenOrCreate(fullPath, path),
            _ => throw new ArgumentOutOfRangeException(nameof(intent)),
        };
        return new PortableFile(system, RequireRegular(handle, path), path, intent);
    }

    public IReadOnlyList<FileEntry> List(string directory)
    {
        string fullPath = FullDirectory(StorePath.ParseDirectory(directory), "list", directory);
        try
        {
            return new DirectoryInfo(fullPath).EnumerateFileSystemInfos()
                .Select(info => new FileEntry(info.Name, KindOf(info)))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal).ToArray();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(system, exception, "list", directory);
        }
    }

    public void CreateDirectory(string path)
    {
        string name = StorePath.ParseDirectory(path);
        if (name.Length > 0 && !system.TryCreateDirectory(Path.Combine(root, name), path))
            _ = FullDirectory(name, "create directory", path);
    }

    public void Rename(string from, string to)
    {
        string source = FullPath(StorePath.ParseFile(from), "rename", from);
        string target = FullPath(StorePath.ParseFile(to), "rename", to);
        RequireNoDirectory(source, "rename", from);
        RequireNoDirectory(target, "rename", to);
        system.Rename(source, target, from);
    }

    public void Link(string existing, string created)
    {
        string source = FullPath(StorePath.ParseFile(existing), "link", existing);
        string target = FullPath(StorePath.ParseFile(created), "link", created);
        RequireNoDirectory(source, "link", existing);
        RequireNoLink(source, "link", existing);
        system.Link(source, target, created);
    }

    public void Delete(string path)
    {
        string fullPath = FullPath(StorePath.ParseFile(path), "delete", path);
        RequireNoDirectory(fullPath, "delete", path);
        system.Delete(fullPath, path);
    }

    public void SyncDirectory(string path) =>
        system.SyncDirectory(FullDirectory(StorePath.ParseDirectory(path), "sync directory", path), path);

    public long GetFreeBytes()
    {
        try
        {
            return system.GetFreeBytes(root);
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(system, exception, "inspect", "");
        }
    }

    private static void Create(IPortableSystem system, string fullPath)
    {
        if (Path.GetDirectoryName(fullPath) is not { } parent)
            return;
        if (!Directory.Exists(parent))
            Create(system, parent);
        _ = system.TryCreateDirectory(fullPath, fullPath);
        // One that exists may come from a creation that was cut short before this point.
        system.SyncDirectory(FollowLink(parent), parent);
    }

    private static string FollowLink(string directory) =>
        Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory;

    private static IPortableSystem CreateSystem() =>
        OperatingSystem.IsWindows() ? new PortableWindows() : new PortableUnix();

    private static FileEntryKind KindOf(FileSystemInfo info)
    {
        if (IsLink(info) || !StorePath.IsName(info.Name))
            return FileEntryKind.Other;
        return info is DirectoryInfo ? FileEntryKind.Directory : FileEntryKind.File;
    }

    private static bool IsLink(FileSystemInfo info) => (info.Attributes & FileAttributes.ReparsePoint) != 0;

    // Missing things have every attribute: that is the value the runtime answers for them.
    private FileInfo? Find(string fullPath, string operation, string shown)
    {
        try
        {
            FileInfo info = new(fullPath);
            return (int)info.Attributes == -1 ? null : info;
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(system, exception, operation, shown);
        }
    }

    private static bool IsDirectory(FileSystemInfo info) => (info.Attributes & FileAttributes.Directory) != 0 && !IsLink(info);

    private static StorageException Error(StorageFault fault, string operation, string path) => new(fault, operation, path);

    private SafeFileHandle OpenOrCreate(string fullPath, string path)
    {
        for (int race = 0; race < CreationRacesMax; race++)
        {
            if ((OpenExisting(fullPath, FileIntent.OpenOrCreate, path) ?? system.TryCreate(fullPath, path)) is { } handle)
                return handle;
        }
        throw new StorageException(StorageFault.Failed, "open", path, "it kept appearing and disappearing");
    }

    private SafeFileHandle? OpenExisting(string fullPath, FileIntent intent, string path)
    {
        RequireNoLink(fullPath, "open", path);
        RequireNoDirectory(fullPath, "open", path);
        return system.TryOpenExisting(fullPath, intent, path);
    }

    // Pipes, sockets and terminals have no positions.
    private static SafeFileHandle RequireRegular(SafeFileHandle handle, string path)
    {
        try
        {
            _ = RandomAccess.GetLength(handle);
            return handle;
        }
        catch (NotSupportedException exception)
        {
            handle.Dispose();
            throw new StorageException(StorageFault.WrongKind, "open", path, null, exception);
        }
    }

    private string FullPath(StorePath path, string operation, string shown)
    {
        string directory = FullDirectory(path.Directory, operation, shown);
        return Directory.Exists(directory) ? Path.Combine(directory, path.Name) : throw Error(StorageFault.NotFound, operation, shown);
    }

    private string FullDirectory(string name, string operation, string shown)
    {
        if (name.Length == 0)
            return root;
        string fullPath = Path.Combine(root, name);
        RequireNoLink(fullPath, operation, shown);
        if (Find(fullPath, operation, shown) is { } found && !IsDirectory(found))
            throw Error(StorageFault.WrongKind, operation, shown);
        return fullPath;
    }

    private void RequireNoLink(string fullPath, string operation, string shown)
    {
        if (Find(fullPath, operation, shown) is { } found && IsLink(found))
            throw Error(StorageFault.LinkRefused, operation, shown);
    }

    private void RequireNoDirectory(string fullPath, string operation, string shown)
    {
        if (Find(fullPath, operation, shown) is { } found && IsDirectory(found))
            throw Error(StorageFault.WrongKind, operation, shown);
    }
}
