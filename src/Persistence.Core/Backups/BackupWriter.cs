using Persistence.Diagnostics;
using Persistence.Files;
using Persistence.Serialization;
using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>Writes the files of a backup, each synced when it is written, and keeps the list of them.</summary>
internal sealed class BackupWriter(IFileSystem directory, BackupRequest request)
{
    private const int PieceBytes = 1 << 20;

    private readonly List<BackupFile> _files = [];
    private readonly List<string> _written = [];
    private readonly byte[] _piece = new byte[PieceBytes];
    private long _total;
    private long _done;

    public IFileSystem Directory => directory;

    public IReadOnlyList<BackupFile> Files => _files.ToArray();

    /// <exception cref="StoreException">BackupInvalid: somebody has put something there.</exception>
    public void RequireEmpty()
    {
        foreach (string within in (string[])["", .. BackupPaths.Directories])
        {
            if (directory.List(within).FirstOrDefault(entry => entry.Kind != FileEntryKind.Directory || within.Length > 0 || !BackupPaths.Directories.Contains(entry.Name)) is { Name: string name })
                throw BackupErrors.Invalid($"The directory for the backup is not empty: it has '{name}'. Each backup needs a directory of its own. Nothing was changed.");
        }
    }

    public void CreateDirectories()
    {
        foreach (string name in BackupPaths.Directories)
            directory.CreateDirectory(name);
    }

    public void SyncDirectories()
    {
        foreach (string name in BackupPaths.Directories)
            directory.SyncDirectory(name);
    }

    /// <summary>How many bytes there are to come, for whoever looks on.</summary>
    public void Expect(long bytes) => (_total, _done) = (bytes, 0);

    /// <summary>Copies a file from its first byte to its last.</summary>
    public void CopyWhole(IFileSystem from, string path)
    {
        using IFile source = from.Open(path, FileIntent.Read);
        long length = source.GetLength();
        _files.Add(BackupFile.Whole(path, length, Copy(source, path, 0, length)));
    }

    public void Copy(IFileSystem from, SegmentPiece piece)
    {
        using IFile source = piece.Source.Open(from);
        string path = Wal.SegmentNames.Path(piece.Segment.Sequence);
        uint crc = Copy(source, path, piece.From, piece.Bytes);
        _files.Add(new BackupFile(path, piece.Segment.Header!.SizeBytes, piece.From, piece.Bytes, crc, default, IsInherited: false));
    }

    /// <summary>Copies a file of transactions, unless a parent has it.</summary>
    /// <returns>False when it is nowhere as it was written.</returns>
    public bool TryAddFile(FileState state, StoredFile file, IFileSystem from, BackupManifest? parent)
    {
        string path = FileNames.Path(file.Name);
        BackupFile own = BackupFile.Whole(path, file.Length, file.Crc, file.Lsn);
        if (TryInherit(own, parent))
            return true;
        using IFile target = Create(path);
        if (!FileContentCopier.TryCopy(state, file, from, target, NoteDone))
            return false;
        target.Sync();
        _files.Add(own);
        return true;
    }

    public void AddConfiguration(IFileSystem from, BackupManifest? parent)
    {
        byte[] content;
        try
        {
            using IFile file = from.Open(BackupPaths.Configuration, FileIntent.Read);
            content = new byte[file.GetLength()];
            content = content[..file.Read(content, 0)];
        }
        catch (StorageException e) when (e.Fault is StorageFault.NotFound or StorageFault.WrongKind or StorageFault.LinkRefused)
        {
            return;
        }

        BackupFile own = BackupFile.Whole(BackupPaths.Configuration, content.Length, Crc32C.Compute(content));
        if (TryInherit(own, parent))
            return;
        using IFile target = Create(own.Path);
        target.Write(content, 0);
        target.Sync();
        _files.Add(own);
    }

    /// <summary>Removes what was written: it is no backup, and will not become one.</summary>
    public void Clear()
    {
        ManifestFile.TryRemove(directory, _written.Count > 0);
        foreach (string path in _written)
            directory.TryDelete(path);
        _written.Clear();
        _files.Clear();
    }

    private bool TryInherit(BackupFile own, BackupManifest? parent)
    {
        BackupFile inherited = own with { IsInherited = true };
        if (parent is null || !parent.Files.Any(file => (file with { IsInherited = true }) == inherited))
            return false;
        _files.Add(inherited);
        return true;
    }

    private IFile Create(string path)
    {
        IFile file = directory.Open(path, FileIntent.CreateNew);
        _written.Add(path);
        return file;
    }

    private uint Copy(IFile source, string path, long offset, long length)
    {
        using IFile target = Create(path);
        uint crc = 0;
        for (long done = 0; done < length;)
        {
            Span<byte> bytes = _piece.AsSpan(0, (int)Math.Min(_piece.Length, length - done));
            int read = source.Read(bytes, offset + done);
            if (read == 0)
                throw new StorageException(StorageFault.Failed, "read", source.Path, "it became shorter while it was read");
            target.Write(bytes[..read], done);
            crc = Crc32C.Append(crc, bytes[..read]);
            done += read;
            NoteDone(read);
        }

        target.Sync();
        return crc;
    }

    private void NoteDone(int bytes)
    {
        request.Stop.ThrowIfCancellationRequested();
        _done += bytes;
        request.Progress?.Invoke(new BackupProgress(BackupPhase.Copying, _done, Math.Max(_total, _done)));
    }
}
