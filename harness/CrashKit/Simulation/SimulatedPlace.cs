using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>
/// Another place that has directories of a store, as names of their own on the store's simulated disk: so that one trace has what is done to both, and a cut leaves any choice of it.
/// What the disk promises of names and bytes of one file system it promises across places too, and a sync of the store's own directory is one of the place's.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="name">The place.</param>
internal sealed class SimulatedPlace(IFileSystem disk, string name) : IFileSystem
{
    private const char Mark = '+';

    private readonly string _prefix = $"{name}{Mark}";

    /// <summary>A path on the disk as the path in the store that it stands for.</summary>
    public static string PathInStore(string path) => path[(path.IndexOf(Mark, StringComparison.Ordinal) + 1)..];

    public IFile Open(string path, FileIntent intent) => new PlacedFile(Do(path, () => disk.Open(_prefix + path, intent)), path);

    public IReadOnlyList<FileEntry> List(string directory) => directory.Length > 0
        ? Do(directory, () => disk.List(_prefix + directory))
        : [.. disk.List("").Where(entry => entry.Name.StartsWith(_prefix, StringComparison.Ordinal)).Select(entry => entry with { Name = entry.Name[_prefix.Length..] })];

    public void CreateDirectory(string path) => Do(path, () => disk.CreateDirectory(_prefix + path));

    public void Rename(string from, string to) => Do(from, () => disk.Rename(_prefix + from, _prefix + to));

    public void Link(string existing, string created) => Do(existing, () => disk.Link(_prefix + existing, _prefix + created));

    public void Delete(string path) => Do(path, () => disk.Delete(_prefix + path));

    public void SyncDirectory(string path) => Do(path, () => disk.SyncDirectory(path.Length == 0 ? "" : _prefix + path));

    public long GetFreeBytes() => disk.GetFreeBytes();

    private static void Do(string path, Action work) => Do(path, () =>
    {
        work();
        return true;
    });

    /// <summary>Errors name the path in the store.</summary>
    private static T Do<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (StorageException e)
        {
            throw new StorageException(e.Fault, "reach", path, e.Message, e);
        }
    }

    /// <summary>The store's own directory on such a disk: without the names that are other places.</summary>
    internal sealed class Main(IFileSystem disk) : ForwardingFileSystem(disk)
    {
        public override IReadOnlyList<FileEntry> List(string directory)
        {
            IReadOnlyList<FileEntry> entries = base.List(directory);
            return directory.Length == 0 && entries.Any(static entry => entry.Name.Contains(Mark)) ? [.. entries.Where(static entry => !entry.Name.Contains(Mark))] : entries;
        }
    }

    private sealed class PlacedFile(IFile inner, string path) : IFile
    {
        public string Path => path;

        public long GetLength() => Do(path, inner.GetLength);

        public int Read(Span<byte> buffer, long offset)
        {
            try
            {
                return inner.Read(buffer, offset);
            }
            catch (StorageException e)
            {
                throw new StorageException(e.Fault, "read", path, e.Message, e);
            }
        }

        public void Write(ReadOnlySpan<byte> data, long offset)
        {
            try
            {
                inner.Write(data, offset);
            }
            catch (StorageException e)
            {
                throw new StorageException(e.Fault, "write", path, e.Message, e);
            }
        }

        public void SetLength(long length) => Do(path, () => inner.SetLength(length));

        public void Allocate(long length) => Do(path, () => inner.Allocate(length));

        public void SyncData() => Do(path, inner.SyncData);

        public void Sync() => Do(path, inner.Sync);

        public bool TryLock(FileLockKind kind) => Do(path, () => inner.TryLock(kind));

        public void Dispose() => inner.Dispose();
    }
}
