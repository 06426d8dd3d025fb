namespace Persistence.Storage.Simulated;

/// <summary>A file opened through a <see cref="FaultInjectingFileSystem"/>. Closing never fails.</summary>
internal sealed class FaultInjectingFile(FaultInjectingFileSystem fileSystem, IFile inner) : IFile
{
    public string Path => inner.Path;

    public long GetLength()
    {
        long length = 0;
        fileSystem.Perform(StorageOperationKind.GetLength, Path, () => length = inner.GetLength());
        return length;
    }

    public int Read(Span<byte> buffer, long offset)
    {
        if (fileSystem.Decide(StorageOperationKind.Read, Path, buffer.Length) is { } fault)
            throw FaultInjectingFileSystem.ToException(fault, StorageOperationKind.Read, Path);
        return inner.Read(buffer, offset);
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        InjectedFault? fault = fileSystem.Decide(StorageOperationKind.Write, Path, data.Length);
        if (fault is { IsLost: true })
            return;
        if (fault is { LandsAt: Misdirection elsewhere })
        {
            WriteElsewhere(data, elsewhere);
            return;
        }

        inner.Write(data[..WrittenBytes(fault, data.Length)], offset);
        if (fault is { } injected)
            throw FaultInjectingFileSystem.ToException(injected, StorageOperationKind.Write, Path);
    }

    public void SetLength(long length) =>
        fileSystem.Perform(StorageOperationKind.SetLength, Path, () => inner.SetLength(length));

    public void Allocate(long length) =>
        fileSystem.Perform(StorageOperationKind.Allocate, Path, () => inner.Allocate(length));

    public void SyncData() => fileSystem.Perform(StorageOperationKind.SyncData, Path, inner.SyncData);

    public void Sync() => fileSystem.Perform(StorageOperationKind.Sync, Path, inner.Sync);

    public bool TryLock(FileLockKind kind)
    {
        bool taken = false;
        fileSystem.Perform(StorageOperationKind.TryLock, Path, () => taken = inner.TryLock(kind));
        return taken;
    }

    public void Dispose() => inner.Dispose();

    private void WriteElsewhere(ReadOnlySpan<byte> data, Misdirection elsewhere)
    {
        if (elsewhere.Path is null)
        {
            inner.Write(data, elsewhere.Offset);
            return;
        }

        using IFile other = fileSystem.Inner.Open(elsewhere.Path, FileIntent.ReadWrite);
        other.Write(data, elsewhere.Offset);
    }

    private static int WrittenBytes(InjectedFault? fault, int wanted) => fault switch
    {
        null or { IsAfterTheFact: true } => wanted,
        { } injected => Math.Clamp(injected.PrefixBytes, 0, wanted),
    };
}
