using Persistence.State;
using Persistence.Storage;

namespace Persistence.Files;

/// <summary>
/// Does to the directory what committed changes say. Each step may be cut short, and all of it done again: what replaces a file has its staging name until it has its own, and what is
/// replaced has a second name in <c>backup</c>, durably, before it loses its own.
/// </summary>
/// <param name="files">The store's files.</param>
/// <param name="syncs">Of the directories.</param>
/// <param name="now">Above every position of a change, of a history that was left too.</param>
internal sealed class FilePublisher(IFileSystem files, DirectorySyncs syncs, Lsn now)
{
    private const int CopyBytes = 1 << 20;

    // Of files only: what a link leads to is none of the store's.
    private HashSet<string> _names = [];

    // How many syncs had failed before what is being done was begun.
    private int _failedSyncs;

    /// <summary>Whether a directory could not be synced: what a later sync of it says is not to be believed.</summary>
    public bool HasFailedSync { get; private set; }

    /// <summary>Carries changes out, in order.</summary>
    /// <param name="changes">All that may not have been carried out.</param>
    /// <param name="inherited">How many of them, the first ones, are from before the store was opened: of those nobody knows whether a sync failed.</param>
    /// <param name="newId">Makes a name.</param>
    public void Publish(IReadOnlyList<FilePublication> changes, int inherited, Func<Guid> newId)
    {
        _names = [.. files.List(FileNames.Directory).Where(entry => entry.Kind == FileEntryKind.File).Select(entry => entry.Name)];
        Dictionary<string, int> lastDone = FindLastDone(changes);
        for (int i = 0; i < changes.Count; i++)
        {
            FilePublication change = changes[i];
            if (i < lastDone.GetValueOrDefault(change.Name, -1))
                continue;
            _failedSyncs = syncs.Failed;
            if (change.Staged is not string staged)
                Delete(change, isInherited: i < inherited);
            else if (_names.Contains(staged))
                Replace(change, staged);
            else if (i < inherited && _names.Contains(change.Name))
                WriteAnew(change.Name, FileNames.Stage(newId()));
            else
                Sync(FileNames.Directory);
        }
    }

    /// <summary>Of each file the last change whose content is staged no more: it was carried out, and so were those before it.</summary>
    private Dictionary<string, int> FindLastDone(IReadOnlyList<FilePublication> changes)
    {
        Dictionary<string, int> last = new(StringComparer.Ordinal);
        for (int i = 0; i < changes.Count; i++)
        {
            if (changes[i].Staged is string staged && !_names.Contains(staged))
                last[changes[i].Name] = i;
        }

        return last;
    }

    private void Replace(FilePublication change, string staged)
    {
        if (_names.Contains(change.Name))
            BackUp(change);
        Rename(staged, change.Name);
    }

    private void Delete(FilePublication change, bool isInherited)
    {
        string path = FileNames.Path(change.Name);
        bool isThere = _names.Remove(change.Name);
        if (isThere)
            BackUp(change);
        // Gone in the cache only, perhaps, after a sync that failed in a process that is no more: what is deleted again is not.
        string backup = FileNames.BackupPath(change.Lsn, change.Name);
        bool isMadeAgain = !isThere && isInherited && files.TryGetLength(backup) is not null;
        if (isMadeAgain)
            files.Link(backup, path);
        if (isThere || isMadeAgain)
            files.Delete(path);
        // Where it is gone already, that may not be durable yet.
        Sync(FileNames.Directory);
    }

    /// <summary>The name may be there in the cache only, after a sync that failed in a process that is no more: a copy is not.</summary>
    private void WriteAnew(string name, string staged)
    {
        try
        {
            Copy(name, staged);
            Rename(staged, name);
        }
        catch
        {
            // It would take the space that the next attempt needs.
            files.TryDelete(FileNames.Path(staged));
            throw;
        }
    }

    private void Copy(string name, string staged)
    {
        using IFile from = files.Open(FileNames.Path(name), FileIntent.Read);
        using IFile to = files.Open(FileNames.Path(staged), FileIntent.CreateNew);
        byte[] buffer = new byte[Math.Clamp(from.GetLength(), 1, CopyBytes)];
        long offset = 0;
        for (int read; (read = from.Read(buffer, offset)) > 0; offset += read)
            to.Write(buffer.AsSpan(0, read), offset);
        to.Sync();
    }

    private void Rename(string staged, string name)
    {
        files.Rename(FileNames.Path(staged), FileNames.Path(name));
        _names.Remove(staged);
        _names.Add(name);
        Sync(FileNames.Directory);
    }

    private void BackUp(FilePublication change)
    {
        string backup = FileNames.BackupPath(change.Lsn, change.Name);
        try
        {
            files.Link(FileNames.Path(change.Name), backup);
        }
        catch (StorageException e) when (e.Fault == StorageFault.AlreadyExists)
        {
            // It was linked before this was cut short. What has the name now may be the new content already.
            if (change.Staged is null && IsSame(FileNames.Path(change.Name), backup))
                LinkAnew(change.Name, backup);
            else if (change.Staged is null)
                KeepBeside(change.Name);
        }

        Sync(FileNames.BackupDirectory);
    }

    /// <summary>The link may be in the cache only, after a sync that failed in a process that is no more.</summary>
    private void LinkAnew(string name, string backup)
    {
        files.Delete(backup);
        files.Link(FileNames.Path(name), backup);
    }

    /// <summary>A history that was left has put it there since: what the deletion was to remove is in its backup already, and this is the only copy of something else.</summary>
    private void KeepBeside(string name)
    {
        try
        {
            files.Link(FileNames.Path(name), FileNames.BackupPath(now, name));
        }
        catch (StorageException e) when (e.Fault == StorageFault.AlreadyExists)
        {
            // It was linked before this was cut short.
        }
    }

    private bool IsSame(string path, string other)
    {
        using IFile one = files.Open(path, FileIntent.Read);
        using IFile two = files.Open(other, FileIntent.Read);
        long length = one.GetLength();
        bool isSame = two.GetLength() == length;
        byte[] piece = new byte[2 * (int)Math.Clamp(length, 1, CopyBytes)];
        (Memory<byte> left, Memory<byte> right) = (piece.AsMemory(0, piece.Length / 2), piece.AsMemory(piece.Length / 2));
        for (long offset = 0; isSame && offset < length; offset += left.Length)
        {
            int read = one.Read(left.Span, offset);
            isSame = two.Read(right.Span, offset) == read && left.Span[..read].SequenceEqual(right.Span[..read]);
        }

        return isSame;
    }

    private void Sync(string directory)
    {
        try
        {
            syncs.Sync(files, directory, _failedSyncs);
        }
        catch (StorageException)
        {
            HasFailedSync = true;
            throw;
        }
    }
}
