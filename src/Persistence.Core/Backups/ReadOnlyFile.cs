using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>A file that is only read.</summary>
internal abstract class ReadOnlyFile(string path) : IFile
{
    public string Path => path;

    public abstract long GetLength();

    public abstract int Read(Span<byte> buffer, long offset);

    public void Write(ReadOnlySpan<byte> data, long offset) => throw Refuse();

    public void SetLength(long length) => throw Refuse();

    public void Allocate(long length) => throw Refuse();

    public void SyncData() => throw Refuse();

    public void Sync() => throw Refuse();

    /// <summary>Nobody else changes it.</summary>
    public bool TryLock(FileLockKind kind) => true;

    public virtual void Dispose()
    {
    }

    private InvalidOperationException Refuse() => new($"'{path}' was opened for reading only.");
}
