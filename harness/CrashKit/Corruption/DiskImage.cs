using Persistence.CrashKit.Worker;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>The files of a store as bytes by path. Not changed once it is made.</summary>
internal sealed class DiskImage
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<string> _directories = [];
    private readonly SimulatedFileSystem _disk;

    private DiskImage(IFileSystem disk, IEnumerable<(string Path, byte[] Content)> more)
    {
        Read(disk, "");
        foreach ((string path, byte[] content) in more)
            _files[path] = content;
        _disk = MakeDisk();
        Bytes = _files.Values.Sum(content => (long)content.Length);
    }

    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>Of all files together.</summary>
    public long Bytes { get; }

    public byte[] this[string path] => _files[path];

    /// <summary>Of a disk.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="more">Files to be there too.</param>
    public static DiskImage Of(IFileSystem disk, params IEnumerable<(string Path, byte[] Content)> more) => new(disk, more);

    /// <summary>A file's bytes, or null when there is none.</summary>
    public byte[]? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>A disk with these files, all of it durable.</summary>
    public SimulatedFileSystem ToDisk() => _disk.CrashImage(CrashImageKind.KeepEverything);

    private void Read(IFileSystem disk, string directory)
    {
        foreach (FileEntry entry in disk.List(directory))
        {
            string path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            if (entry.Kind == FileEntryKind.File)
            {
                _files[path] = StoreFiles.TryRead(disk, path)!;
            }
            else
            {
                _directories.Add(path);
                Read(disk, path);
            }
        }
    }

    private SimulatedFileSystem MakeDisk()
    {
        SimulatedFileSystem disk = new();
        foreach (string directory in _directories)
            disk.CreateDirectory(directory);
        foreach ((string path, byte[] content) in _files)
        {
            using IFile file = disk.Open(path, FileIntent.CreateNew);
            file.Write(content, 0);
        }

        return disk;
    }
}
