namespace Persistence.Storage;

/// <summary>
/// The files of a store some of whose directories lie elsewhere, on other disks perhaps. Each place has directories of the same names as the store has, and a <c>staging/</c> of its own,
/// so that what is prepared there gets its name by a rename on one disk. A rename or a second name between two places is a copy, made durable before it has its name.
/// Paths are those of the store, in errors too.
/// </summary>
internal sealed class SpreadFileSystem : IFileSystem
{
    private const int PieceBytes = 1 << 20;

    private readonly IFileSystem _main;
    private readonly IReadOnlyDictionary<string, IFileSystem> _placed;
    private readonly Func<string, string?> _staysIn;
    private readonly IFileSystem[] _places;

    /// <param name="main">The store's own directory.</param>
    /// <param name="placed">Directories that lie elsewhere, by name.</param>
    /// <param name="staysIn">The directory that a file is prepared for, by its name in staging; null: nobody knows, or one of the store's own.</param>
    public SpreadFileSystem(IFileSystem main, IReadOnlyDictionary<string, IFileSystem> placed, Func<string, string?> staysIn)
    {
        if (placed.ContainsKey("") || placed.ContainsKey(AtomicFile.StagingDirectory))
            throw new ArgumentException("Neither the store's own directory nor staging can lie elsewhere.", nameof(placed));
        _main = main;
        _placed = placed;
        _staysIn = staysIn;
        _places = [main, .. placed.Values.Distinct().Where(place => !ReferenceEquals(place, main))];
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileIntent intent) => PlaceOf(path).Open(path, intent);

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string directory) => directory switch
    {
        AtomicFile.StagingDirectory => Merge(_places.SelectMany(static place => place.List(AtomicFile.StagingDirectory)).DistinctBy(static entry => entry.Name)),
        "" => Merge(_main.List("").Where(entry => !_placed.ContainsKey(entry.Name)).Concat(_placed.Where(IsThere).Select(static place => new FileEntry(place.Key, FileEntryKind.Directory)))),
        _ => PlaceOfDirectory(directory).List(directory),
    };

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        PlaceOfDirectory(path).CreateDirectory(path);
        // Whatever is to lie there is prepared there.
        if (_placed.ContainsKey(path))
            _placed[path].CreateDirectory(AtomicFile.StagingDirectory);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        (IFileSystem source, IFileSystem target) = (PlaceOf(from), PlaceOf(to));
        if (ReferenceEquals(source, target))
        {
            source.Rename(from, to);
            return;
        }

        string staged = $"{AtomicFile.StagingDirectory}/{StorePath.ParseFile(to).Name}";
        target.TryDelete(staged);
        try
        {
            CopyNew(source, from, target, staged);
            target.Rename(staged, to);
            // What one disk does says nothing of what another has done.
            target.SyncDirectory(StorePath.ParseFile(to).Directory);
        }
        catch (StorageException)
        {
            target.TryDelete(staged);
            throw;
        }

        source.Delete(from);
    }

    /// <inheritdoc/>
    public void Link(string existing, string created)
    {
        (IFileSystem source, IFileSystem target) = (PlaceOf(existing), PlaceOf(created));
        if (ReferenceEquals(source, target))
            source.Link(existing, created);
        else
            CopyNew(source, existing, target, created);
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        if (StorePath.ParseFile(path).Directory != AtomicFile.StagingDirectory || !TryDeleteStaged(path))
            PlaceOf(path).Delete(path);
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        if (path is not ("" or AtomicFile.StagingDirectory))
        {
            PlaceOfDirectory(path).SyncDirectory(path);
            return;
        }

        foreach (IFileSystem place in _places)
            place.SyncDirectory(path);
    }

    /// <summary>Of the place that has the least.</summary>
    public long GetFreeBytes() => _places.Min(static place => place.GetFreeBytes());

    /// <summary>Of the place that the file lies in.</summary>
    public long GetFreeBytesFor(string path) => PlaceOf(path).GetFreeBytes();

    /// <summary>What was cut short on its way from one place to another, or names a place, may lie in any of them.</summary>
    private bool TryDeleteStaged(string path)
    {
        bool isDeleted = false;
        foreach (IFileSystem place in _places)
        {
            try
            {
                place.Delete(path);
                isDeleted = true;
            }
            catch (StorageException e) when (e.Fault == StorageFault.NotFound)
            {
                // It is in another one.
            }
        }

        return isDeleted;
    }

    private IFileSystem PlaceOf(string path)
    {
        StorePath parsed = StorePath.ParseFile(path);
        // The name of a directory is that directory, for who takes it for a file too.
        string directory = parsed.Directory == AtomicFile.StagingDirectory ? _staysIn(parsed.Name) ?? "" : parsed.Directory.Length == 0 ? parsed.Name : parsed.Directory;
        return _placed.GetValueOrDefault(directory, _main);
    }

    private IFileSystem PlaceOfDirectory(string path) => _placed.GetValueOrDefault(StorePath.ParseDirectory(path), _main);

    private static bool IsThere(KeyValuePair<string, IFileSystem> placed) => placed.Value.List("").Any(entry => entry.Name == placed.Key && entry.Kind == FileEntryKind.Directory);

    private static FileEntry[] Merge(IEnumerable<FileEntry> entries) => [.. entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>Whatever has that name already stays.</summary>
    private static void CopyNew(IFileSystem source, string from, IFileSystem target, string to)
    {
        using IFile original = source.Open(from, FileIntent.Read);
        using IFile copy = target.Open(to, FileIntent.CreateNew);
        try
        {
            CopyBytes(original, copy);
        }
        catch (StorageException)
        {
            target.TryDelete(to);
            throw;
        }
    }

    private static void CopyBytes(IFile original, IFile copy)
    {
        byte[] piece = new byte[PieceBytes];
        for (long offset = 0; original.Read(piece, offset) is int read && read > 0; offset += read)
            copy.Write(piece.AsSpan(0, read), offset);
        copy.Sync();
    }
}
