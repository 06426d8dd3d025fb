using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Persistence.Storage.Disk.Portable;

#pragma warning disable RS0030 // This is where the engine's files become the runtime's.

/// <summary>
/// The calls of macOS, the BSDs and other Unix systems. Only functions without variadic arguments are called, or variadic
/// ones without them: macOS on arm64 passes those in another way than the runtime does.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class PortableUnix : IPortableSystem
{
    private const string Library = "libc";
    private const int FullSync = 51;

    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int LockNone = 8;

    private static readonly int ReadWriteFlag = 2;
    private static readonly int NonBlockingFlag = OperatingSystem.IsLinux() ? 0x800 : 0x4;
    private static readonly int NoFollowFlag = OperatingSystem.IsLinux() ? LinuxNoFollow : 0x100;
    private static readonly int CloseOnExecFlag = OperatingSystem.IsLinux() ? 0x80000 : OperatingSystem.IsMacOS() ? 0x1000000 : 0x100000;

    private static int LinuxNoFollow =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    // Not through the runtime, which puts a lock of its own on every file it opens.
    public SafeFileHandle? TryOpenExisting(string fullPath, FileIntent intent, string path)
    {
        int access = intent == FileIntent.Read ? 0 : ReadWriteFlag;
        int descriptor = OpenRetrying(fullPath, access | NonBlockingFlag | NoFollowFlag | CloseOnExecFlag);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        int errno = Marshal.GetLastPInvokeError();
        return errno == UnixErrors.NotFound ? null : throw UnixErrors.ToException(errno, "open", path);
    }

    public SafeFileHandle? TryCreate(string fullPath, string path)
    {
        try
        {
            return CreateUnlocked(fullPath, path);
        }
        catch (IOException exception) when (exception.HResult == UnixErrors.AlreadyExists || ToFault(exception) == StorageFault.Locked)
        {
            // Locked: somebody found the new file before this process had it to itself.
            return null;
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(this, exception, "open", path);
        }
    }

    public bool TryCreateDirectory(string fullPath, string path)
    {
        if (MakeDirectory(fullPath, (ushort)(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno == UnixErrors.AlreadyExists ? false : throw UnixErrors.ToException(errno, "create directory", path);
    }

    public void Sync(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsMacOS() && TryFullSync(handle, path))
            return;
        while (FSync(handle) < 0)
            ThrowUnlessInterrupted("sync", path);
    }

    public void SyncDirectory(string fullPath, string path)
    {
        int descriptor = OpenRetrying(fullPath, NoFollowFlag | CloseOnExecFlag);
        if (descriptor < 0)
            throw Failure("sync directory", path);
        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        Sync(handle, path);
    }

    public void Rename(string from, string to, string path)
    {
        if (RenamePath(from, to) < 0)
            throw Failure("rename", path);
    }

    public void Link(string existing, string created, string path)
    {
        if (LinkPath(existing, created) < 0)
            throw Failure("link", path);
    }

    public void Delete(string fullPath, string path)
    {
        if (UnlinkPath(fullPath) < 0)
            throw Failure("delete", path);
    }

    public bool TryLock(SafeFileHandle handle, FileLockKind kind, string path)
    {
        int operation = (kind == FileLockKind.Exclusive ? LockExclusive : LockShared) | LockNonBlocking;
        while (FLock(handle, operation) < 0)
        {
            if (Marshal.GetLastPInvokeError() == UnixErrors.WouldBlock)
                return false;
            ThrowUnlessInterrupted("lock", path);
        }
        return true;
    }

    public void Unlock(SafeFileHandle handle, string path)
    {
        while (FLock(handle, LockNone) < 0)
            ThrowUnlessInterrupted("lock", path);
    }

    public long GetFreeBytes(string fullPath) => new DriveInfo(fullPath).AvailableFreeSpace;

    public StorageFault ToFault(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => StorageFault.NotFound,
        UnauthorizedAccessException => StorageFault.AccessDenied,
        IOException when exception.HResult == UnixErrors.WouldBlock => StorageFault.Locked,
        IOException => UnixErrors.ToFault(exception.HResult),
        _ => StorageFault.Failed,
    };

    // The runtime holds a shared lock on what it creates: it is given up before anyone can mind.
    private SafeFileHandle CreateUnlocked(string fullPath, string path)
    {
        using FileStream created = new(fullPath, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        return TryOpenExisting(fullPath, FileIntent.ReadWrite, path)
            ?? throw new StorageException(StorageFault.NotFound, "open", path);
    }

    // On macOS fsync leaves the bytes in the drive's cache. Some file systems do not know the full sync; any other error of
    // it is the answer, because asking again would be told that all is well.
    private static bool TryFullSync(SafeFileHandle handle, string path)
    {
        while (FileControl(handle, FullSync) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == UnixErrors.NotSupported || errno is UnixErrors.Invalid or UnixErrors.NoSuchControl)
                return false;
            ThrowUnlessInterrupted("sync", path);
        }
        return true;
    }

    private static int OpenRetrying(string path, int flags)
    {
        int descriptor;
        do
        {
            descriptor = OpenPath(path, flags);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == UnixErrors.Interrupted);
        return descriptor;
    }

    private static void ThrowUnlessInterrupted(string operation, string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno != UnixErrors.Interrupted)
            throw UnixErrors.ToException(errno, operation, path);
    }

    private static StorageException Failure(string operation, string path) =>
        UnixErrors.ToException(Marshal.GetLastPInvokeError(), operation, path);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);

    [LibraryImport(Library, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(SafeFileHandle file, int command);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport(Library, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkPath(string existing, string created);

    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkPath(string path);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);
}
