using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>Opens and creates the directory that a store lives in. Its own path may lead through links; nothing below it may.</summary>
internal static class LinuxStoreDirectory
{
    /// <summary>Opens the directory, or returns null when there is none.</summary>
    /// <param name="path">The full path.</param>
    public static LinuxFileSystem? TryOpen(string path)
    {
        DescriptorHandle handle = OpenDirectory(path, out int errno);
        return errno switch
        {
            0 => new LinuxFileSystem(handle),
            UnixErrors.NotFound or UnixErrors.NotADirectory => null,
            _ => throw UnixErrors.ToException(errno, "open directory", path),
        };
    }

    /// <summary>
    /// Creates the directory and the missing ones above it, for the owner only, each made durable by syncing its parent.
    /// </summary>
    public static void Create(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return;
        int errno = MakeDirectory(path);
        if (errno == UnixErrors.NotFound)
        {
            Create(parent);
            errno = MakeDirectory(path);
        }
        if (errno is not 0 and not UnixErrors.AlreadyExists)
            throw UnixErrors.ToException(errno, "create directory", path);
        SyncParent(path, parent, created: errno == 0);
    }

    private static int MakeDirectory(string path) =>
        LibC.MakeDirectory(path, LinuxConstants.OwnerDirectory) == 0 ? 0 : Marshal.GetLastPInvokeError();

    // A directory that exists may come from a creation that was cut short before this point, so its name is synced too.
    // Two cases are let pass there: a parent this process may not read, and a mount point, whose name is not what leads to it.
    private static void SyncParent(string path, string parent, bool created)
    {
        using DescriptorHandle handle = OpenDirectory(parent, out int errno);
        if (errno == UnixErrors.AccessDenied && !created)
            return;
        if (errno != 0)
            throw UnixErrors.ToException(errno, "open directory", parent);
        if (created || !IsMountPoint(handle, path))
            LinuxCalls.SyncDirectory(handle, parent);
    }

    private static bool IsMountPoint(DescriptorHandle parent, string path) =>
        LinuxCalls.TryStatusAt(parent, Path.GetFileName(path), out FileStatus child, out _)
        && !child.IsOnSameDeviceAs(LinuxCalls.Status(parent, "inspect", path));

    private static DescriptorHandle OpenDirectory(string path, out int errno)
    {
        int flags = LinuxConstants.ReadOnly | LinuxConstants.Directory | LinuxConstants.CloseOnExec;
        while (true)
        {
            int descriptor = LibC.Open(path, flags, 0);
            errno = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (errno != UnixErrors.Interrupted)
                return new DescriptorHandle(descriptor);
        }
    }
}
