using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Storage;

/// <summary>A disk that no longer gives a range of one file (EIO), under whatever name; the file that takes its place is whole.</summary>
internal sealed class BadSectors(IFileSystem inner, string badFile, long from, long to) : ForwardingFileSystem(inner)
{
    private readonly HashSet<string> _badNames = new([badFile], StringComparer.Ordinal);

    public override IFile Open(string path, FileIntent intent)
    {
        IFile file = base.Open(path, intent);
        return _badNames.Contains(path) ? new BadFile(file, from, to) : file;
    }

    public override void Rename(string from, string to)
    {
        base.Rename(from, to);
        _badNames.Remove(to);
        if (_badNames.Remove(from))
            _badNames.Add(to);
    }

    public override void Link(string existing, string created)
    {
        base.Link(existing, created);
        if (_badNames.Contains(existing))
            _badNames.Add(created);
    }

    public override void Delete(string path)
    {
        base.Delete(path);
        _badNames.Remove(path);
    }

    private sealed class BadFile(IFile inner, long from, long to) : ForwardingFile(inner)
    {
        public override int Read(Span<byte> buffer, long offset)
        {
            if (offset < to && offset + buffer.Length > from && GetLength() > from)
                throw new StorageException(StorageFault.Failed, "read", Path, "the device reports an error");
            return base.Read(buffer, offset);
        }

    }
}
