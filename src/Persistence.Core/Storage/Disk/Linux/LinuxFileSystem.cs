using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>The files of a store through Linux system calls.</summary>
internal sealed unsafe class LinuxFileSystem(DescriptorHandle root) : IFileSystem, IDisposable
{
    private readonly LinuxDirectories directories = new(root);

    public IFile Open(string path, FileIntent intent)
    {
        StorePath parsed = StorePath.ParseFile(path);
        return LinuxFile.Open(directories.Get(parsed.Directory, "open", path), parsed.Name, path, intent);
    }

    public IReadOnlyList<FileEntry> List(string directory)
    {
        string name = StorePath.ParseDirectory(directory);
        DescriptorHandle? handle = directories.Find(name, "list", directory);
        return handle is null ? [] : LinuxDirectoryList.Read(handle, directory);
    }

    public void CreateDirectory(string path)
    {
        string name = StorePath.ParseDirectory(path);
        if (name.Length == 0 || LibC.MakeDirectoryAt(directories.Root, name, LinuxConstants.OwnerDirectory) == 0)
            return;
        int errno = Marshal.GetLastPInvokeError();
        if (errno != UnixErrors.AlreadyExists)
            throw UnixErrors.ToException(errno, "create directory", path);
        // Something is there: opening it says whether it is a directory.
        _ = directories.Get(name, "create directory", path);
    }

    public void Rename(string from, string to)
    {
        StorePath source = StorePath.ParseFile(from);
        StorePath target = StorePath.ParseFile(to);
        DescriptorHandle sourceDirectory = directories.Get(source.Directory, "rename", from);
        DescriptorHandle targetDirectory = directories.Get(target.Directory, "rename", to);
        RefuseDirectory(sourceDirectory, source.Name, "rename", from);
        if (LibC.RenameAt(sourceDirectory, source.Name, targetDirectory, target.Name) < 0)
            throw Failure("rename", from);
    }

    public void Link(string existing, string created)
    {
        StorePath source = StorePath.ParseFile(existing);
        StorePath target = StorePath.ParseFile(created);
        DescriptorHandle sourceDirectory = directories.Get(source.Directory, "link", existing);
        DescriptorHandle targetDirectory = directories.Get(target.Directory, "link", created);
        RefuseLink(sourceDirectory, source.Name, "link", existing);
        if (LibC.LinkAt(sourceDirectory, source.Name, targetDirectory, target.Name, 0) < 0)
            throw Failure("link", created);
    }

    public void Delete(string path)
    {
        StorePath parsed = StorePath.ParseFile(path);
        if (LibC.UnlinkAt(directories.Get(parsed.Directory, "delete", path), parsed.Name, 0) < 0)
            throw Failure("delete", path);
    }

    public void SyncDirectory(string path)
    {
        string name = StorePath.ParseDirectory(path);
        LinuxCalls.SyncDirectory(directories.Get(name, "sync directory", path), path);
    }

    public long GetFreeBytes()
    {
        FileSystemStatus status;
        while (LibC.FStatFs(directories.Root, &status) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != UnixErrors.Interrupted)
                throw UnixErrors.ToException(errno, "inspect", "");
        }
        long unit = status.FragmentSize > 0 ? status.FragmentSize : status.BlockSize;
        ulong above = Math.BigMul(status.BlocksAvailable, (ulong)unit, out ulong bytes);
        return above > 0 || bytes > long.MaxValue ? long.MaxValue : (long)bytes;
    }

    public void Dispose() => directories.Dispose();

    // The kernel would rename a directory, and the descriptors kept here would go on meaning the old name.
    private static void RefuseDirectory(DescriptorHandle directory, string name, string operation, string path)
    {
        if (StatusOf(directory, name, operation, path).IsDirectory)
            throw new StorageException(StorageFault.WrongKind, operation, path);
    }

    // A second name for a link would be another link, and for a directory there is none.
    private static void RefuseLink(DescriptorHandle directory, string name, string operation, string path)
    {
        FileStatus status = StatusOf(directory, name, operation, path);
        if (!status.IsRegular)
            throw new StorageException(status.IsLink ? StorageFault.LinkRefused : StorageFault.WrongKind, operation, path);
    }

    private static FileStatus StatusOf(DescriptorHandle directory, string name, string operation, string path) =>
        LinuxCalls.TryStatusAt(directory, name, out FileStatus status, out int errno)
            ? status
            : throw UnixErrors.ToException(errno, operation, path);

    private static StorageException Failure(string operation, string path) =>
        UnixErrors.ToException(Marshal.GetLastPInvokeError(), operation, path);
}
