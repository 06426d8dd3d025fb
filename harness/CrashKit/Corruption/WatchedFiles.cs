using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>
/// Notes which names of a disk are touched by anything but reading, and ends an opening that asks the disk for more than any file of it can need:
/// one that would never end is an error instead of a hang.
/// </summary>
internal sealed class WatchedFiles(IFileSystem inner, long operationsMax) : ForwardingFileSystem(inner)
{
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private long _left = operationsMax;

    /// <summary>Names that were written to, made, renamed or deleted.</summary>
    public IReadOnlyCollection<string> Touched => _touched;

    public override IFile Open(string path, FileIntent intent)
    {
        Count();
        if (intent is FileIntent.CreateNew or FileIntent.OpenOrCreate)
            _touched.Add(path);
        return new WatchedFile(this, base.Open(path, intent));
    }

    public override IReadOnlyList<FileEntry> List(string directory)
    {
        Count();
        return base.List(directory);
    }

    public override void CreateDirectory(string path) => Touch(path, () => base.CreateDirectory(path));

    public override void Rename(string from, string to)
    {
        _touched.Add(to);
        Touch(from, () => base.Rename(from, to));
    }

    public override void Link(string existing, string created) => Touch(created, () => base.Link(existing, created));

    public override void Delete(string path) => Touch(path, () => base.Delete(path));

    private void Touch(string path, Action change)
    {
        Count();
        _touched.Add(path);
        change();
    }

    private void Count()
    {
        if (--_left < 0)
            throw new InvalidOperationException("It asks for more operations on files than these can need: it would go on for ever.");
    }

    private sealed class WatchedFile(WatchedFiles files, IFile inner) : ForwardingFile(inner)
    {
        public override int Read(Span<byte> buffer, long offset)
        {
            files.Count();
            return base.Read(buffer, offset);
        }

        public override void Write(ReadOnlySpan<byte> data, long offset)
        {
            Touch();
            base.Write(data, offset);
        }

        public override void SetLength(long length)
        {
            Touch();
            base.SetLength(length);
        }

        public override void Allocate(long length)
        {
            Touch();
            base.Allocate(length);
        }

        private void Touch()
        {
            files.Count();
            files._touched.Add(Path);
        }
    }
}
