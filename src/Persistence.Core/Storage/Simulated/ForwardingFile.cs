namespace Persistence.Storage.Simulated;

/// <summary>Another file, passed through: what is to be different in a wrapper is overridden. Disposing it disposes what it wraps.</summary>
public abstract class ForwardingFile(IFile inner) : IFile
{
    /// <inheritdoc/>
    public string Path => Inner.Path;

    /// <summary>The file that is wrapped.</summary>
    protected IFile Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual long GetLength() => Inner.GetLength();

    /// <inheritdoc/>
    public virtual int Read(Span<byte> buffer, long offset) => Inner.Read(buffer, offset);

    /// <inheritdoc/>
    public virtual void Write(ReadOnlySpan<byte> data, long offset) => Inner.Write(data, offset);

    /// <inheritdoc/>
    public virtual void SetLength(long length) => Inner.SetLength(length);

    /// <inheritdoc/>
    public virtual void Allocate(long length) => Inner.Allocate(length);

    /// <inheritdoc/>
    public virtual void SyncData() => Inner.SyncData();

    /// <inheritdoc/>
    public virtual void Sync() => Inner.Sync();

    /// <inheritdoc/>
    public virtual bool TryLock(FileLockKind kind) => Inner.TryLock(kind);

    /// <inheritdoc/>
    public void Dispose()
    {
        Inner.Dispose();
        GC.SuppressFinalize(this);
    }
}
