using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Files;

/// <summary>
/// Files that transactions write and delete together with their other changes. The content is staged and synced before the commit; the commit names it; after that it is renamed into the store's directory <c>files</c>, and what it replaces
/// is kept in <c>backup</c> as long as the log of the change. Thread-safe.
/// </summary>
public sealed class FileState : IStateModel, IDeferredEffects
{
    private const int CopyBytes = 64 << 10;
    private const int ChangesKept = 1000;

    private readonly object _lock = new();

    // Under _lock.
    private readonly SortedDictionary<string, StoredFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Lsn> _changedAt = new(StringComparer.Ordinal);
    private readonly SequencedChanges<string, bool> _sequenced = new();
    private readonly List<FilePublication> _pending = [];
    private int _inherited;

    // Under _lock: applied, and not to be seen before the rest of their commit is.
    private readonly Queue<(string Name, StoredFile? File, Lsn Commit)> _arriving = [];

    // Owned by whoever carries changes out.
    private StorageException? _failedSync;

    private ICommandSink? _sink;

    /// <inheritdoc/>
    public StateModelId Id => StateModelId.Files;

    /// <inheritdoc/>
    public byte SnapshotVersion => 1;

    /// <summary>The files there are, in ordinal order of the names.</summary>
    public IReadOnlyList<StoredFile> List()
    {
        // Not an array: in PowerShell its own Length would hide those of the files.
        lock (_lock)
            return SeenNeedsLock().Values.ToList();
    }

    /// <summary>Looks a file up.</summary>
    /// <returns>What is known of it, or null when there is none.</returns>
    /// <exception cref="ArgumentException">No file of the store can have that name.</exception>
    public StoredFile? Find(string name)
    {
        FileNames.Require(name);
        lock (_lock)
            return SeenNeedsLock().GetValueOrDefault(name);
    }

    /// <summary>Reads a file whole.</summary>
    /// <returns>Its content, or null when there is none of that name.</returns>
    /// <exception cref="StoreException">
    /// ChecksumMismatch: it is not what was written. LogTruncated, of a store open for reading: a writer has replaced the file since, and retention has removed what it was. RecordTooLarge: no array can hold it. A failure of the files.
    /// </exception>
    public byte[]? Read(string name)
    {
        while (Find(name) is StoredFile file)
        {
            if (file.Length > Array.MaxLength)
                throw TooLarge(FileNames.Path(name), file.Length);
            RequireSink().CarryOutEffects();
            if (TryRead(file) is byte[] content)
                return content;
            if (ReferenceEquals(Find(name), file))
                throw NotThere(file);
        }

        return null;
    }

    /// <summary>
    /// Reads a file whole, keeps nothing of it, and tells whether it is what was written. True when there is none of that name, and when it cannot be told any more: a writer has replaced it since the store was opened for reading, and retention has
    /// removed what it was.
    /// </summary>
    /// <exception cref="StoreException">A failure of the files.</exception>
    public bool Verify(string name, CancellationToken cancellation = default)
    {
        while (Find(name) is StoredFile file)
        {
            RequireSink().CarryOutEffects();
            IFileSystem files = RequireSink().Files;
            byte[] part = new byte[Math.Min(CopyBytes, file.Length)];
            if (PlacesOf(file, files).Any(path => IsThere(files, path, file, (_, count) => part.AsMemory(0, count), cancellation)))
                return true;
            if (ReferenceEquals(Find(name), file))
                return RequireSink().HasMovedOn;
        }

        return true;
    }

    /// <summary>The files inside a transaction.</summary>
    /// <exception cref="ArgumentException">The transaction is of another store.</exception>
    public FileTransaction In(ITransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        transaction.Snapshot.RequireOf(RequireSink().Horizon);
        return new FileTransaction(transaction, transaction.GetView(this, () => new FileChanges(this, RequireSink(), transaction.Snapshot)));
    }

    int IDeferredEffects.PendingCount
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    void IDeferredEffects.CarryOut(IFileSystem files, int count, CommandBatch note)
    {
        FilePublication[] pending;
        int inherited;
        lock (_lock)
            (pending, inherited) = ([.. _pending.Take(count)], _inherited);
        if (pending.Length == 0)
            return;
        if (_failedSync is StorageException failed)
            throw failed;
        FilePublisher publisher = new(files, Syncs, RequireSink().Horizon.Visible);
        try
        {
            publisher.Publish(pending, inherited, RequireSink().NewId);
        }
        catch (StorageException e) when (publisher.HasFailedSync)
        {
            // No later sync of that directory is believed: the next opening carries it out anew.
            _failedSync = e;
            throw;
        }

        FileRecords.AddCarriedOut(note, pending[^1].Lsn);
    }

    IReadOnlyList<string> IDeferredEffects.FindLeftovers(IFileSystem files)
    {
        HashSet<string> needed;
        lock (_lock)
            needed = [.. _pending.Select(publication => publication.Staged).OfType<string>()];
        return files.List(FileNames.Directory).Where(entry => entry.Kind == FileEntryKind.File && FileNames.IsStaged(entry.Name) && !needed.Contains(entry.Name))
            .Select(entry => FileNames.Path(entry.Name)).ToArray();
    }

    void IDeferredEffects.ForgetBelow(IFileSystem files, Lsn position)
    {
        foreach (FileEntry entry in files.List(FileNames.BackupDirectory))
        {
            if (entry.Kind == FileEntryKind.File && FileNames.TryParseBackup(entry.Name, out Lsn change, out string name) && change < position && !IsBackupNeeded(change, name))
                files.TryDelete($"{FileNames.BackupDirectory}/{entry.Name}");
        }
    }

    /// <summary>A change that is not carried out may have to be again, from there. And what a change newer than the file replaced is the file: that change was abandoned.</summary>
    private bool IsBackupNeeded(Lsn change, string name)
    {
        lock (_lock)
            return _pending.Exists(publication => publication.Lsn == change) || (SeenNeedsLock().TryGetValue(name, out StoredFile? file) && file.Lsn < change);
    }

    bool IStateModel.IsInUse => _sink is { IsClosed: false };

    bool IStateModel.IsRemoval(RecordType type) => type == FileRecords.Delete || type == FileRecords.CarriedOut;

    void IStateModel.Attach(ICommandSink sink)
    {
        _sink = sink;
        lock (_lock)
            _inherited = _pending.Count;
    }

    void IStateModel.Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
        if (!FileRecords.IsKnown(type, version))
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"There is no record of files of kind {type.Kind}, version {version}.");
        if (type == FileRecords.CarriedOut)
            return;
        string name = FileRecords.ReadName(payload);
        lock (_lock)
        {
            FileRecords.WriteTail(tail, _sequenced.TryFind(name, out bool exists) ? exists : SeenNeedsLock().ContainsKey(name));
            _sequenced.Add(name, type == FileRecords.Write);
        }
    }

    void IStateModel.EndSequence(bool accepted)
    {
        lock (_lock)
            _sequenced.End(accepted);
    }

    void IStateModel.ForgetSequenced()
    {
        lock (_lock)
        {
            SeenNeedsLock();
            _sequenced.Clear();
        }
    }

    void IStateModel.Apply(in LogRecord record)
    {
        if (!FileRecords.IsKnown(record.Type, record.Version))
        {
            if (record.IsSkippable)
                return;
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"The record of files of kind {record.Type.Kind}, version {record.Version}, at LSN {record.Lsn} is newer than this program.") { Position = record.Lsn.Value };
        }

        if (record.Type == FileRecords.CarriedOut)
        {
            Forget(FileRecords.ReadPosition(record.Payload));
            return;
        }

        (StoredFile? file, FilePublication publication) = FileRecords.Read(record);
        lock (_lock)
        {
            _arriving.Enqueue((publication.Name, file, record.CommitLsn));
            NoteChangeNeedsLock(publication.Name, record.CommitLsn);
            _pending.Add(publication);
            SeenNeedsLock();
        }
    }

    IStateCapture IStateModel.Capture(Lsn since)
    {
        lock (_lock)
            return new FileCapture([.. SeenNeedsLock().Values], [.. _pending]);
    }

    void IStateModel.Reset()
    {
        lock (_lock)
        {
            _sink = null;
            _failedSync = null;
            Syncs.Reset();
            _inherited = 0;
            _files.Clear();
            _arriving.Clear();
            _changedAt.Clear();
            _sequenced.Clear();
            _pending.Clear();
        }
    }

    void IStateModel.ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion)
    {
        (StoredFile? file, FilePublication? publication) = FileCapture.Read(item);
        lock (_lock)
        {
            if (file is not null)
                _files[file.Name] = file;
            if (publication is not null)
                _pending.Add(publication);
        }
    }

    IReadOnlyList<string> IStateModel.FindViolations() => [];

    /// <summary>Of the directories.</summary>
    internal DirectorySyncs Syncs { get; } = new();

    /// <summary>Its content is lost: a salvaged state does without it.</summary>
    internal void Drop(string name)
    {
        lock (_lock)
            SeenNeedsLock().Remove(name);
    }

    /// <summary>One of the names that somebody has changed since a snapshot, or is about to; null when there is none.</summary>
    internal string? FindChanged(IReadOnlyCollection<string> names, Lsn snapshot)
    {
        lock (_lock)
        {
            SeenNeedsLock();
            return names.FirstOrDefault(name => _sequenced.Contains(name) || _changedAt.GetValueOrDefault(name) > snapshot);
        }
    }

    /// <summary>The files that may be seen: what the horizon has passed is from now on. While the state is rebuilt nobody looks.</summary>
    private SortedDictionary<string, StoredFile> SeenNeedsLock()
    {
        Lsn visible = _sink?.Horizon.Visible ?? Lsn.Max;
        while (_arriving.TryPeek(out (string Name, StoredFile? File, Lsn Commit) change) && change.Commit <= visible)
        {
            _arriving.Dequeue();
            if (change.File is null)
                _files.Remove(change.Name);
            else
                _files[change.Name] = change.File;
            _sequenced.NoteApplied(change.Name);
        }

        return _files;
    }

    /// <summary>Null when it is nowhere, or damaged.</summary>
    private byte[]? TryRead(StoredFile file)
    {
        IFileSystem files = RequireSink().Files;
        return PlacesOf(file, files).Select(path => TryReadContent(files, path, file)).FirstOrDefault(content => content is not null);
    }

    /// <summary>Where its content may be, each looked for when the one before was not it.</summary>
    internal IEnumerable<string> PlacesOf(StoredFile file, IFileSystem files)
    {
        string? staged;
        lock (_lock)
            staged = _pending.FirstOrDefault(publication => publication.Lsn == file.Lsn)?.Staged;
        if (staged is not null)
            yield return FileNames.Path(staged);
        yield return FileNames.Path(file.Name);
        // Beside a reader a writer may have replaced or deleted it since: what was there is kept under the position of that change.
        foreach (FileEntry entry in files.List(FileNames.BackupDirectory))
        {
            if (FileNames.TryParseBackup(entry.Name, out Lsn change, out string name) && change > file.Lsn && name == file.Name)
                yield return $"{FileNames.BackupDirectory}/{entry.Name}";
        }
    }

    internal static StoreException TooLarge(string path, long length) =>
        new(StoreError.RecordTooLarge, $"'{path}' has {length} bytes, more than can be read at once.") { File = path };

    private StoreException NotThere(StoredFile file)
    {
        string path = FileNames.Path(file.Name);
        return RequireSink().HasMovedOn
            ? new StoreException(StoreError.LogTruncated, $"'{path}' has been replaced or deleted since the store was opened for reading, and what it was then is no longer kept. Open the store again.") { File = path }
            : new StoreException(StoreError.ChecksumMismatch, $"'{path}' is not what was written to it, or is missing.") { File = path };
    }

    private static byte[]? TryReadContent(IFileSystem files, string path, StoredFile file)
    {
        byte[]? content = null;
        bool isThere = IsThere(files, path, file, (offset, count) => (content ??= new byte[file.Length]).AsMemory((int)offset, count));
        return isThere ? content ?? [] : null;
    }

    /// <summary>Reads what is at a path, each part to the place that is named for its offset and length, and tells whether it is that file.</summary>
    private static bool IsThere(IFileSystem files, string path, StoredFile file, Func<long, int, Memory<byte>> place, CancellationToken cancellation = default)
    {
        try
        {
            using IFile opened = files.Open(path, FileIntent.Read);
            if (opened.GetLength() != file.Length)
                return false;
            uint crc = 0;
            for (long offset = 0; offset < file.Length; offset += CopyBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> part = place(offset, (int)Math.Min(CopyBytes, file.Length - offset)).Span;
                if (opened.Read(part, offset) < part.Length)
                    return false;
                crc = Crc32C.Append(crc, part);
            }

            return crc == file.Crc;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return false;
        }
    }

    private void Forget(Lsn carriedOut)
    {
        lock (_lock)
        {
            int count = _pending.TakeWhile(publication => publication.Lsn <= carriedOut).Count();
            _pending.RemoveRange(0, count);
            _inherited = Math.Max(0, _inherited - count);
        }
    }

    /// <summary>For transactions that are open: the others will not ask.</summary>
    private void NoteChangeNeedsLock(string name, Lsn commit)
    {
        if (_sink is null)
            return;
        _changedAt[name] = commit;
        if (_changedAt.Count <= ChangesKept)
            return;
        Lsn oldest = _sink.Horizon.Oldest;
        foreach (string old in _changedAt.Where(change => change.Value <= oldest).Select(change => change.Key).ToArray())
            _changedAt.Remove(old);
    }

    private ICommandSink RequireSink() =>
        _sink ?? throw new InvalidOperationException("The state is not registered with an open store.");
}
