using Persistence.Checkpoints;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Root;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>
/// A store held as it is beside a writer, to be read only: the segments of its log, each locked shared so that nobody makes another of it, the checkpoints of its ROOT, and ROOT itself as it was read before them. What else there is
/// is read as it is now.
/// </summary>
internal sealed class HeldStore : ReadOnlyFiles, IDisposable
{
    private readonly IFileSystem _files;
    private readonly Dictionary<string, IFile> _held = new(StringComparer.Ordinal);
    private byte[] _root = [];

    private HeldStore(IFileSystem files) => _files = files;

    /// <summary>Holds a store. Whether all of it could be held the caller finds out: retention may have been faster.</summary>
    public static HeldStore Hold(IFileSystem files)
    {
        HeldStore held = new(files);
        try
        {
            held.HoldAll();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public override IFile Open(string path, FileIntent intent)
    {
        RequireReading(path, intent);
        if (path == RootFile.Name && _root.Length > 0)
            return new MemoryFile(path, _root);
        if (_held.TryGetValue(path, out IFile? file))
            return new BorrowedFile(file);
        return IsHeld(path) ? throw new StorageException(StorageFault.NotFound, "open", path) : _files.Open(path, intent);
    }

    /// <summary>What is held stays listed, whoever removes its name meanwhile.</summary>
    public override IReadOnlyList<FileEntry> List(string directory) => directory switch
    {
        SegmentNames.Directory or CheckpointNames.Directory => ListHeld($"{directory}/").ToArray(),
        _ => _files.List(directory),
    };

    public void Dispose()
    {
        foreach (IFile file in _held.Values)
            file.Dispose();
        _held.Clear();
    }

    private static bool IsHeld(string path) =>
        path.StartsWith($"{SegmentNames.Directory}/", StringComparison.Ordinal) || path.StartsWith($"{CheckpointNames.Directory}/", StringComparison.Ordinal);

    private IEnumerable<FileEntry> ListHeld(string prefix) =>
        _held.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(path => new FileEntry(path[prefix.Length..], FileEntryKind.File));

    private void HoldAll()
    {
        ReadRoot();
        foreach (string name in Names(SegmentNames.Directory).Where(static name => SegmentNames.TryParse(name, out _)))
            TryHold($"{SegmentNames.Directory}/{name}");
        foreach (string name in Names(CheckpointNames.Directory).Where(static name => CheckpointNames.TryParse(name, out _, out _)))
            TryHold($"{CheckpointNames.Directory}/{name}");
    }

    private IEnumerable<string> Names(string directory) => _files.List(directory).Where(static entry => entry.Kind == FileEntryKind.File).Select(static entry => entry.Name);

    private void ReadRoot()
    {
        try
        {
            using IFile file = _files.Open(RootFile.Name, FileIntent.Read);
            byte[] bytes = new byte[RootFile.FileBytes];
            _root = bytes[..file.Read(bytes, 0)];
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            // Whoever reads the store is told.
        }
    }

    /// <summary>What is gone, or is being made another segment of, is none of this store's any more.</summary>
    private void TryHold(string path)
    {
        IFile file;
        try
        {
            file = _files.Open(path, FileIntent.Read);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return;
        }

        _held.Add(path, file);
        if (!TryLock(file))
        {
            _held.Remove(path);
            file.Dispose();
        }
    }

    private static bool TryLock(IFile file) =>
#if MUTANTS
        Mutants.Is(Mutants.SegmentRemovedUnderBackup) ||
#endif
        file.TryLock(FileLockKind.Shared);
}
