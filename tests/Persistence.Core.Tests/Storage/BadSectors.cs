using Persistence.Storage;

namespace Persistence.Tests.Storage;

/// <summary>A disk that no longer gives a range of one file (EIO), under whatever name; the file that takes its place is whole.</summary>
internal sealed class BadSectors(IFileSystem inner, string badFile, long from, long to) : IFileSystem
{
    private readonly HashSet<string> _badNames = new([badFile], StringComparer.Ordinal);

    public IFile Open(string path, FileIntent intent)
    {
        IFile file = inner.Open(path, intent);
        return _badNames.Contains(path) ? new BadFile(file, from, to) : file;
    }

    public IReadOnlyList<FileEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to)
    {
        inner.Rename(from, to);
        _badNames.Remove(to);
        if (_badNames.Remove(from))
            _badNames.Add(to);
    }

    public void Link(string existing, string created)
    {
        inner.Link(existing, created);
        if (_badNames.Contains(existing))
            _badNames.Add(created);
    }

    public void Delete(string path)
    {
        inner.Delete(path);
        _badNames.Remove(path);
    }

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public long GetFreeBytes() => inner.GetFreeBytes();

    private sealed class BadFile(IFile inner, long from, long to) : IFile
    {
        public string Path => inner.Path;

        public long GetLength() => inner.GetLength();

        public int Read(Span<byte> buffer, long offset)
        {
            if (offset < to && offset + buffer.Length > from && inner.GetLength() > from)
                throw new StorageException(StorageFault.Failed, "read", Path, "the device reports an error");
            return inner.Read(buffer, offset);
        }

        public void Write(ReadOnlySpan<byte> data, long offset) => inner.Write(data, offset);

        public void SetLength(long length) => inner.SetLength(length);

        public void Allocate(long length) => inner.Allocate(length);

        public void SyncData() => inner.SyncData();

        public void Sync() => inner.Sync();

        public bool TryLock(FileLockKind kind) => inner.TryLock(kind);

        public void Dispose() => inner.Dispose();
    }
}
