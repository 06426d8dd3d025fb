using Microsoft.Win32.SafeHandles;

namespace Persistence.Storage.Disk.Portable;

#pragma warning disable RS0030 // This is where the engine's files become the runtime's.

/// <summary>An open file by the runtime's positional reads and writes.</summary>
internal sealed class PortableFile(IPortableSystem system, SafeFileHandle handle, string path, FileIntent intent) : IFile
{
    private FileLockKind? held;

    public string Path { get; } = path;

    public long GetLength() => Guarded("inspect", () => RandomAccess.GetLength(handle));

    public int Read(Span<byte> buffer, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        RequireOpen();
        try
        {
            return ReadFully(buffer, offset);
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(system, exception, "read", Path);
        }
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        RequireOpenForWriting();
        try
        {
            RandomAccess.Write(handle, data, offset);
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(system, exception, "write", Path);
        }
    }

    public void SetLength(long length)
    {
        FileGuard.RequireNotNegative(length, nameof(length));
        RequireOpenForWriting();
        Guarded("set the length of", () =>
        {
            RandomAccess.SetLength(handle, length);
            return length;
        });
    }

    public void Allocate(long length)
    {
        FileGuard.RequireNotNegative(length, nameof(length));
        RequireOpenForWriting();
        ZeroFill.Extend(this, length);
    }

    // Neither macOS nor Windows has a sync for the data alone that is worth its name.
    public void SyncData() => Sync();

    public void Sync()
    {
        RequireOpenForWriting();
        system.Sync(handle, Path);
    }

    public bool TryLock(FileLockKind kind)
    {
        RequireOpen();
        if (held == kind)
            return true;
        if (held is not null)
            system.Unlock(handle, Path);
        bool taken = system.TryLock(handle, kind, Path);
        held = taken ? kind : null;
        return taken;
    }

    // Closing alone would not end the lock while a child process that is just being started still has a copy of the
    // descriptor; unlocking does.
    public void Dispose()
    {
        if (held is not null && !handle.IsClosed)
            TryUnlock();
        handle.Dispose();
    }

    private void TryUnlock()
    {
        try
        {
            system.Unlock(handle, Path);
        }
        catch (Exception exception) when (exception is StorageException or ObjectDisposedException)
        {
            // Closing does it too, if later.
        }
    }

    private int ReadFully(Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = RandomAccess.Read(handle, buffer[done..], offset + done);
            if (count == 0)
                break;
            done += count;
        }
        return done;
    }

    private long Guarded(string operation, Func<long> call)
    {
        RequireOpen();
        try
        {
            return call();
        }
        catch (Exception exception) when (PortableErrors.IsFileError(exception))
        {
            throw PortableErrors.ToException(system, exception, operation, Path);
        }
    }

    private void RequireOpen() => ObjectDisposedException.ThrowIf(handle.IsClosed, this);

    private void RequireOpenForWriting()
    {
        RequireOpen();
        FileGuard.RequireWritable(intent, Path);
    }
}
