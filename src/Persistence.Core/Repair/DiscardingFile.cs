using Persistence.Storage;

namespace Persistence.Repair;

/// <summary>Takes what is written to it and keeps nothing.</summary>
internal sealed class DiscardingFile : IFile
{
    public string Path => "";

    public long GetLength() => 0;

    public int Read(Span<byte> buffer, long offset) => 0;

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
    }

    public void SetLength(long length)
    {
    }

    public void Allocate(long length)
    {
    }

    public void SyncData()
    {
    }

    public void Sync()
    {
    }

    public bool TryLock(FileLockKind kind) => true;

    public void Dispose()
    {
    }
}
