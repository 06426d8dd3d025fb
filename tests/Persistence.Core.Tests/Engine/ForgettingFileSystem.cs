using Persistence.Storage;

namespace Persistence.Tests.Engine;

/// <summary>
/// What Linux does after a failed sync: the error is reported once, the bytes stay readable, and every later sync of the
/// file returns success without making them durable.
/// </summary>
internal sealed class ForgettingFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);

    /// <summary>The next data sync of a file whose path starts with this fails.</summary>
    public string? FailNextSyncOf { get; set; }

    public IFile Open(string path, FileIntent intent) => new ForgettingFile(this, inner.Open(path, intent));

    public IReadOnlyList<FileEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to)
    {
        inner.Rename(from, to);
        _forgotten.Remove(to);
        if (_forgotten.Remove(from))
            _forgotten.Add(to);
    }

    public void Link(string existing, string created) => inner.Link(existing, created);

    public void Delete(string path)
    {
        inner.Delete(path);
        _forgotten.Remove(path);
    }

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public long GetFreeBytes() => inner.GetFreeBytes();

    private void Sync(string path, Action sync)
    {
        if (FailNextSyncOf is string prefix && path.StartsWith(prefix, StringComparison.Ordinal))
        {
            FailNextSyncOf = null;
            _forgotten.Add(path);
            throw new StorageException(StorageFault.Failed, "sync", path);
        }

        if (!_forgotten.Contains(path))
            sync();
    }

    private sealed class ForgettingFile(ForgettingFileSystem files, IFile inner) : IFile
    {
        public string Path => inner.Path;

        public long GetLength() => inner.GetLength();

        public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> data, long offset) => inner.Write(data, offset);

        public void SetLength(long length) => inner.SetLength(length);

        public void Allocate(long length) => inner.Allocate(length);

        public void SyncData() => files.Sync(Path, inner.SyncData);

        public void Sync() => files.Sync(Path, inner.Sync);

        public bool TryLock(FileLockKind kind) => inner.TryLock(kind);

        public void Dispose() => inner.Dispose();
    }
}
