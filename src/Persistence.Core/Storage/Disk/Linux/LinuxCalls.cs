using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>The calls several types need, with EINTR retried.</summary>
internal static unsafe class LinuxCalls
{
    /// <summary>Opens a name in a directory. On failure the handle is invalid and <paramref name="errno"/> says why.</summary>
    public static DescriptorHandle OpenAt(DescriptorHandle directory, string name, int flags, uint mode, out int errno)
    {
        while (true)
        {
            int descriptor = LibC.OpenAt(directory, name, flags, mode);
            errno = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (errno != UnixErrors.Interrupted)
                return new DescriptorHandle(descriptor);
        }
    }

    /// <summary>The status of an open file or directory.</summary>
    public static FileStatus Status(DescriptorHandle handle, string operation, string path) =>
        TryStatus(handle, "", LinuxConstants.StatDescriptor, out FileStatus status, out int errno)
            ? status
            : throw UnixErrors.ToException(errno, operation, path);

    /// <summary>The status of a name in a directory, of the link itself if it is one.</summary>
    public static bool TryStatusAt(DescriptorHandle directory, string name, out FileStatus status, out int errno) =>
        TryStatus(directory, name, LinuxConstants.StatNoFollow, out status, out errno);

    /// <summary>Makes a directory's names durable.</summary>
    public static void SyncDirectory(DescriptorHandle directory, string path)
    {
        // Every error counts, EINVAL too: a file system that cannot make a name durable is not one to promise anything on.
        while (LibC.FSync(directory) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != UnixErrors.Interrupted)
                throw UnixErrors.ToException(errno, "sync directory", path);
        }
    }

    private static bool TryStatus(DescriptorHandle directory, string name, int flags, out FileStatus status, out int errno)
    {
        FileStatus filled;
        do
        {
            errno = LibC.StatX(directory, name, flags, FileStatus.Wanted, &filled) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == UnixErrors.Interrupted);
        status = filled;
        return errno == 0;
    }
}
