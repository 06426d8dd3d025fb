using Persistence.Root;
using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>The files of a backup, with its parents, as those of a store that was closed at the backup's position: what reads a store reads a backup.</summary>
internal sealed class BackupView : ReadOnlyFiles
{
    private readonly BackupChain _chain;
    private readonly byte[] _root;
    private readonly SortedDictionary<string, BackupFile> _files = new(StringComparer.Ordinal);

    public BackupView(BackupChain chain)
    {
        _chain = chain;
        _root = RootFile.Encode(chain.Newest.Root);
        // Checkpoints and segments add up; of the rest each backup lists all.
        foreach (BackupFile file in chain.Links.SelectMany(static link => link.Manifest.Files).Where(static file => IsOfLog(file.Path)))
            _files[file.Path] = file;
        foreach (BackupFile file in chain.Newest.Files.Where(static file => !IsOfLog(file.Path)))
            _files[file.Path] = file;
    }

    public override IFile Open(string path, FileIntent intent)
    {
        RequireReading(path, intent);
        if (path == RootFile.Name)
            return new MemoryFile(path, _root);
        return _files.TryGetValue(path, out BackupFile? file) ? Compose(file) : throw new StorageException(StorageFault.NotFound, "open", path);
    }

    public override IReadOnlyList<FileEntry> List(string directory)
    {
        if (directory.Length == 0)
            return (FileEntry[])[new FileEntry(RootFile.Name, FileEntryKind.File), .. BackupPaths.Directories.Select(static name => new FileEntry(name, FileEntryKind.Directory))];
        string prefix = $"{directory}/";
        return _files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => new FileEntry(path[prefix.Length..], FileEntryKind.File)).ToArray();
    }

    private static bool IsOfLog(string path) => !BackupPaths.IsFile(path) && path != BackupPaths.Configuration;

    private ComposedFile Compose(BackupFile file)
    {
        List<(long Offset, long Length, IFile File)> pieces = [];
        try
        {
            foreach ((IFileSystem directory, BackupFile piece) in _chain.FindPieces(file))
                pieces.Add((piece.Offset, piece.Length, OpenPiece(directory, piece.Path)));
            return new ComposedFile(file.Path, file.SizeBytes, pieces);
        }
        catch
        {
            pieces.ForEach(static piece => piece.File.Dispose());
            throw;
        }
    }

    private static IFile OpenPiece(IFileSystem directory, string path)
    {
        try
        {
            return directory.Open(path, FileIntent.Read);
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            throw BackupErrors.Damaged(path, 0, "it is missing", e);
        }
    }
}
