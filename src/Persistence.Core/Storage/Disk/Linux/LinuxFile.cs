using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>
/// An open file by its descriptor. Every error a call returns is reported; only EINTR is answered by calling again.
/// </summary>
/// <remarks>
/// Calling fsync again after EINTR is right, while calling it again after any other error would be believing a lie: a
/// writeback error is reported once per open file and then counts as seen, but EINTR means that the wait was broken off
/// (on file systems that allow it: network and user-space ones), so no error has been taken out and nothing has been
/// promised. The next call waits for the same bytes and reports the same error.
/// </remarks>
internal sealed unsafe class LinuxFile : IFile
{
    private readonly DescriptorHandle handle;
    private readonly FileIntent intent;
    private FileLockKind? held;

    private LinuxFile(DescriptorHandle handle, string path, FileIntent intent)
    {
        this.handle = handle;
        this.intent = intent;
        Path = path;
    }

    public string Path { get; }

    /// <summary>Opens <paramref name="name"/> in <paramref name="directory"/> and refuses what is not a regular file.</summary>
    public static LinuxFile Open(DescriptorHandle directory, string name, string path, FileIntent intent)
    {
        DescriptorHandle handle = LinuxCalls.OpenAt(directory, name, Flags(intent), LinuxConstants.OwnerFile, out int errno);
        if (handle.IsInvalid)
            throw UnixErrors.ToException(errno, "open", path);
        try
        {
            FileStatus status = LinuxCalls.Status(handle, "open", path);
            return status.IsRegular ? new LinuxFile(handle, path, intent) : throw new StorageException(StorageFault.WrongKind, "open", path);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public long GetLength() => LinuxCalls.Status(handle, "inspect", Path).Length;

    public int Read(Span<byte> buffer, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        int done = 0;
        while (done < buffer.Length)
        {
            int count = ReadSome(buffer[done..], offset + done);
            if (count == 0)
                break;
            done += count;
        }
        return done;
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        RequireOpenForWriting();
        int done = 0;
        while (done < data.Length)
            done += WriteSome(data[done..], offset + done);
    }

    public void SetLength(long length)
    {
        FileGuard.RequireNotNegative(length, nameof(length));
        RequireOpenForWriting();
        while (LibC.FTruncate(handle, length) < 0)
            ThrowUnlessInterrupted("set the length of");
    }

    public void Allocate(long length)
    {
        FileGuard.RequireNotNegative(length, nameof(length));
        RequireOpenForWriting();
        if (length == 0)
            return;
        while (LibC.FAllocate(handle, 0, 0, length) < 0)
        {
            if (Marshal.GetLastPInvokeError() == UnixErrors.NotSupported)
            {
                ZeroFill.Extend(this, length);
                return;
            }
            ThrowUnlessInterrupted("allocate");
        }
    }

    public void SyncData()
    {
        RequireOpenForWriting();
        while (LibC.FDataSync(handle) < 0)
            ThrowUnlessInterrupted("sync");
    }

    public void Sync()
    {
        RequireOpenForWriting();
        while (LibC.FSync(handle) < 0)
            ThrowUnlessInterrupted("sync");
    }

    public bool TryLock(FileLockKind kind)
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        if (held == kind)
            return true;
        int operation = (kind == FileLockKind.Exclusive ? LinuxConstants.LockExclusive : LinuxConstants.LockShared) | LinuxConstants.LockNonBlocking;
        while (LibC.FLock(handle, operation) < 0)
        {
            if (Marshal.GetLastPInvokeError() == UnixErrors.WouldBlock)
            {
                // flock gives up the old lock before it tries for the new one: nothing is held now.
                held = null;
                return false;
            }
            ThrowUnlessInterrupted("lock");
        }
        held = kind;
        handle.IsLocked = true;
        return true;
    }

    public void Dispose() => handle.Dispose();

    // Non-blocking: opening a pipe must not wait for its other end. Regular files do not care.
    private static int Flags(FileIntent intent) =>
        LinuxConstants.CloseOnExec | LinuxConstants.NoFollow | LinuxConstants.NonBlocking | LinuxConstants.NoControllingTerminal | intent switch
        {
            FileIntent.Read => LinuxConstants.ReadOnly,
            FileIntent.ReadWrite => LinuxConstants.ReadWrite,
            FileIntent.CreateNew => LinuxConstants.ReadWrite | LinuxConstants.Create | LinuxConstants.Exclusive,
            FileIntent.OpenOrCreate => LinuxConstants.ReadWrite | LinuxConstants.Create,
            _ => throw new ArgumentOutOfRangeException(nameof(intent)),
        };

    private int ReadSome(Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            while ((count = LibC.PRead(handle, start, buffer.Length, offset)) < 0)
                ThrowUnlessInterrupted("read");
            return (int)count;
        }
    }

    private int WriteSome(ReadOnlySpan<byte> data, long offset)
    {
        fixed (byte* start = data)
        {
            nint count;
            while ((count = LibC.PWrite(handle, start, data.Length, offset)) < 0)
                ThrowUnlessInterrupted("write");
            return count > 0 ? (int)count : throw new StorageException(StorageFault.Failed, "write", Path, "the system wrote no bytes and gave no reason");
        }
    }

    private void RequireOpenForWriting()
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        FileGuard.RequireWritable(intent, Path);
    }

    private void ThrowUnlessInterrupted(string operation)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno != UnixErrors.Interrupted)
            throw UnixErrors.ToException(errno, operation, Path);
    }
}
