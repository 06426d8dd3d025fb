using Persistence.Storage;

namespace Persistence.Files;

/// <summary>
/// Does to the directory what a committed change says. Each step may be cut short, and all of it done again: what replaces a file has its staging name until it has its own, and what is
/// replaced has a second name in <c>backup</c>, durably, before it loses its own.
/// </summary>
internal static class FilePublisher
{
    /// <param name="files">The store's files.</param>
    /// <param name="publication">What to do.</param>
    /// <param name="later">Changes of the same file that come after it. One of them that was carried out already says that this one was.</param>
    public static void Publish(IFileSystem files, FilePublication publication, IReadOnlyList<FilePublication> later)
    {
        EnsureDirectory(files, FileNames.Directory);
        HashSet<string> names = [.. files.List(FileNames.Directory).Select(entry => entry.Name)];
        if (later.Any(change => change.Staged is string content && !names.Contains(content)))
            return;
        if (publication.Staged is string staged)
            Replace(files, publication, staged, names);
        else if (names.Contains(publication.Name))
            Delete(files, publication);
    }

    private static void Replace(IFileSystem files, FilePublication publication, string staged, HashSet<string> names)
    {
        if (names.Contains(staged))
        {
            if (publication.HasPrevious && names.Contains(publication.Name))
                BackUp(files, publication);
            files.Rename(FileNames.Path(staged), FileNames.Path(publication.Name));
        }

        // Also of one that is in its place already: it may not be there for good.
        files.SyncDirectory(FileNames.Directory);
    }

    private static void Delete(IFileSystem files, FilePublication publication)
    {
        BackUp(files, publication);
        files.Delete(FileNames.Path(publication.Name));
        files.SyncDirectory(FileNames.Directory);
    }

    private static void BackUp(IFileSystem files, FilePublication publication)
    {
        EnsureDirectory(files, FileNames.BackupDirectory);
        try
        {
            files.Link(FileNames.Path(publication.Name), FileNames.BackupPath(publication.Lsn, publication.Name));
        }
        catch (StorageException e) when (e.Fault == StorageFault.AlreadyExists)
        {
            // It was linked before this was cut short.
        }

        files.SyncDirectory(FileNames.BackupDirectory);
    }

    private static void EnsureDirectory(IFileSystem files, string directory)
    {
        if (files.List("").Any(entry => entry.Name == directory))
            return;
        files.CreateDirectory(directory);
        files.SyncDirectory("");
    }
}
