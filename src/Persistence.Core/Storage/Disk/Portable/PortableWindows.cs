using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Persistence.Storage.Disk.Portable;

#pragma warning disable RS0030 // This is where the engine's files become the runtime's.

/// <summary>The calls of Windows.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class PortableWindows : IPortableSystem
{
    private const string Library = "kernel32.dll";

    private const uint MoveReplaceExisting = 0x1;
    private const uint MoveWriteThrough = 0x8;
    private const uint LockFailImmediately = 0x1;
    private const uint LockExclusively = 0x2;

    // Locks on Windows keep others from reading the bytes: this one covers a byte that no file has.
    private const uint LockOffsetHigh = 0x7FFFFFFF;

    private const int RetriesMax = 8;

    public SafeFileHandle? TryOpenExisting(string fullPath, FileIntent intent, string path)
    {
        try
        {
            FileAccess access = intent == FileIntent.Read ? FileAccess.Read : FileAccess.ReadWrite;
            return File.OpenHandle(fullPath, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(this, exception, "open", path);
        }
    }

    // Owner-only through the directory, whose access list files inherit.
    public SafeFileHandle? TryCreate(string fullPath, string path)
    {
        try
        {
            return File.OpenHandle(fullPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            return ToFault(exception) == StorageFault.AlreadyExists ? null : throw PortableErrors.ToException(this, exception, "open", path);
        }
    }

    public bool TryCreateDirectory(string fullPath, string path)
    {
        if (Directory.Exists(fullPath) || File.Exists(fullPath))
            return false;
        try
        {
            WindowsOwnerOnly.CreateDirectory(fullPath);
            return true;
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(this, exception, "create directory", path);
        }
    }

    public void Sync(SafeFileHandle handle, string path)
    {
        if (!FlushFileBuffers(handle))
            throw Failure("sync", path);
    }

    // Windows has no call for it; renames are written through instead, and NTFS keeps its names in a journal.
    public void SyncDirectory(string fullPath, string path)
    {
        if (!Directory.Exists(fullPath))
            throw new StorageException(StorageFault.NotFound, "sync directory", path);
    }

    public void Rename(string from, string to, string path) =>
        Retry("rename", path, () => MoveFile(from, to, MoveReplaceExisting | MoveWriteThrough));

    public void Link(string existing, string created, string path)
    {
        if (!CreateHardLink(created, existing, 0))
            throw Failure("link", path);
    }

    public void Delete(string fullPath, string path) => Retry("delete", path, () => DeleteFile(fullPath));

    public unsafe bool TryLock(SafeFileHandle handle, FileLockKind kind, string path)
    {
        NativeOverlapped position = new() { OffsetHigh = unchecked((int)LockOffsetHigh) };
        uint flags = LockFailImmediately | (kind == FileLockKind.Exclusive ? LockExclusively : 0);
        if (LockFile(handle, flags, 0, 1, 0, &position))
            return true;
        int error = Marshal.GetLastPInvokeError();
        return WindowsErrors.ToFault(error) == StorageFault.Locked ? false : throw WindowsErrors.ToException(error, "lock", path);
    }

    public unsafe void Unlock(SafeFileHandle handle, string path)
    {
        NativeOverlapped position = new() { OffsetHigh = unchecked((int)LockOffsetHigh) };
        if (!UnlockFile(handle, 0, 1, 0, &position))
            throw Failure("lock", path);
    }

    public long GetFreeBytes(string fullPath) =>
        GetDiskFreeSpace(fullPath, out long available, out _, out _) ? available : throw Failure("inspect", "");

    public StorageFault ToFault(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => StorageFault.NotFound,
        UnauthorizedAccessException => StorageFault.AccessDenied,
        _ => WindowsErrors.ToFault(exception.HResult & 0xFFFF),
    };

    // A virus scanner or an indexer may have the file open for a moment. The waits add up to a quarter of a second.
    private static void Retry(string operation, string path, Func<bool> call)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (call())
                return;
            int error = Marshal.GetLastPInvokeError();
            if (attempt == RetriesMax || WindowsErrors.ToFault(error) is not StorageFault.Locked and not StorageFault.AccessDenied)
                throw WindowsErrors.ToException(error, operation, path);
            Thread.Sleep(1 << attempt);
        }
    }

    private static StorageException Failure(string operation, string path) =>
        WindowsErrors.ToException(Marshal.GetLastPInvokeError(), operation, path);

    [LibraryImport(Library, EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool MoveFile(string from, string to, uint flags);

    [LibraryImport(Library, EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string created, string existing, nint security);

    [LibraryImport(Library, EntryPoint = "DeleteFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool DeleteFile(string path);

    [LibraryImport(Library, EntryPoint = "FlushFileBuffers", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "LockFileEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool LockFile(SafeFileHandle file, uint flags, uint reserved, uint countLow, uint countHigh, NativeOverlapped* position);

    [LibraryImport(Library, EntryPoint = "UnlockFileEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool UnlockFile(SafeFileHandle file, uint reserved, uint countLow, uint countHigh, NativeOverlapped* position);

    [LibraryImport(Library, EntryPoint = "GetDiskFreeSpaceExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetDiskFreeSpace(string directory, out long available, out long total, out long free);
}
