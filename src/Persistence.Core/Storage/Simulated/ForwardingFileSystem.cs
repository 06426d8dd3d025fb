namespace Persistence.Storage.Simulated;

/// <summary>Another file system, passed through: what is to be different in a wrapper is overridden. It does not own what it wraps.</summary>
public abstract class ForwardingFileSystem(IFileSystem inner) : IFileSystem
{
    /// <summary>The file system that is wrapped.</summary>
    protected IFileSystem Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual IFile Open(string path, FileIntent intent) => Inner.Open(path, intent);

    /// <inheritdoc/>
    public virtual IReadOnlyList<FileEntry> List(string directory) => Inner.List(directory);

    /// <inheritdoc/>
    public virtual void CreateDirectory(string path) => Inner.CreateDirectory(path);

    /// <inheritdoc/>
    public virtual void Rename(string from, string to) => Inner.Rename(from, to);

    /// <inheritdoc/>
    public virtual void Link(string existing, string created) => Inner.Link(existing, created);

    /// <inheritdoc/>
    public virtual void Delete(string path) => Inner.Delete(path);

    /// <inheritdoc/>
    public virtual void SyncDirectory(string path) => Inner.SyncDirectory(path);

    /// <inheritdoc/>
    public virtual long GetFreeBytes() => Inner.GetFreeBytes();
}
