using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>Files that are shown as those of a store, and are not to be changed.</summary>
internal abstract class ReadOnlyFiles : IFileSystem
{
    public abstract IFile Open(string path, FileIntent intent);

    public abstract IReadOnlyList<FileEntry> List(string directory);

    public void CreateDirectory(string path) => throw Refuse("create", path);

    public void Rename(string from, string to) => throw Refuse("rename", from);

    public void Link(string existing, string created) => throw Refuse("link", existing);

    public void Delete(string path) => throw Refuse("delete", path);

    public void SyncDirectory(string path) => throw Refuse("sync", path);

    public long GetFreeBytes() => 0;

    protected static void RequireReading(string path, FileIntent intent)
    {
        if (intent != FileIntent.Read)
            throw Refuse("open for writing", path);
    }

    private static StorageException Refuse(string operation, string path) => new(StorageFault.ReadOnly, operation, path);
}
