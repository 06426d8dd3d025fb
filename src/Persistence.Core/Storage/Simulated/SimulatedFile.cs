namespace Persistence.Storage.Simulated;

/// <summary>A handle on a simulated file.</summary>
internal sealed class SimulatedFile(SimulatedFileSystem fileSystem, SimulatedInode inode, string path, FileIntent intent) : IFile
{
    private int disposals;
    private int failuresHeard = inode.IsFailureNews ? inode.FailedSyncs - 1 : inode.FailedSyncs;

    public string Path { get; } = path;

    private bool IsDisposed => Volatile.Read(ref disposals) > 0;

    public long GetLength()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return fileSystem.GetLength(inode);
    }

    public int Read(Span<byte> buffer, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return fileSystem.Read(inode, buffer, offset);
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        RequireOpenForWriting();
        fileSystem.Apply(new SimulatedChange { Kind = DiskChangeKind.Write, Path = Path, File = inode, Position = offset, Data = data });
    }

    public void SetLength(long length)
    {
        FileGuard.RequireNotNegative(length, nameof(length));
        Change(DiskChangeKind.SetLength, length);
    }

    public void Allocate(long length)
    {
        FileGuard.RequireNotNegative(length, nameof(length));
        Change(DiskChangeKind.Allocate, length);
    }

    public void SyncData() => Change(DiskChangeKind.SyncData, 0);

    public void Sync() => Change(DiskChangeKind.Sync, 0);

    public bool TryLock(FileLockKind kind)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return fileSystem.TryLock(inode, this, kind);
    }

    /// <summary>Whether this handle has yet to be told of a failed sync; if so it is told now. Under the disk's gate.</summary>
    public bool HearsOfFailure()
    {
        if (failuresHeard == inode.FailedSyncs)
            return false;
        failuresHeard = inode.FailedSyncs;
        inode.IsFailureNews = false;
        return true;
    }

    public void Dispose()
    {
        if (Interlocked.Increment(ref disposals) == 1)
            fileSystem.Close(inode, this);
    }

    private void Change(DiskChangeKind kind, long position)
    {
        RequireOpenForWriting();
        fileSystem.Apply(new SimulatedChange { Kind = kind, Path = Path, File = inode, Handle = this, Position = position });
    }

    private void RequireOpenForWriting()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        FileGuard.RequireWritable(intent, Path);
    }
}
