namespace Persistence.Storage.Simulated;

/// <summary>
/// Another file system, real or simulated, with failures injected where a callback says so. For tests: of the engine, and
/// of programs that embed it. As thread-safe as the callback; it does not own the file system it wraps.
/// </summary>
public sealed class FaultInjectingFileSystem(IFileSystem inner, FaultInjector injector) : IFileSystem
{
    private long operationCount;

    /// <summary>How many operations have been asked for, those that failed included.</summary>
    public long OperationCount => Interlocked.Read(ref operationCount);

    /// <inheritdoc/>
    public IFile Open(string path, FileIntent intent)
    {
        IFile? opened = null;
        try
        {
            Perform(StorageOperationKind.Open, path, () => opened = inner.Open(path, intent));
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
        return new FaultInjectingFile(this, opened!);
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> List(string directory)
    {
        IReadOnlyList<FileEntry> entries = [];
        Perform(StorageOperationKind.List, directory, () => entries = inner.List(directory));
        return entries;
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path) =>
        Perform(StorageOperationKind.CreateDirectory, path, () => inner.CreateDirectory(path));

    /// <inheritdoc/>
    public void Rename(string from, string to) =>
        Perform(StorageOperationKind.Rename, from, () => inner.Rename(from, to));

    /// <inheritdoc/>
    public void Link(string existing, string created) =>
        Perform(StorageOperationKind.Link, existing, () => inner.Link(existing, created));

    /// <inheritdoc/>
    public void Delete(string path) =>
        Perform(StorageOperationKind.Delete, path, () => inner.Delete(path));

    /// <inheritdoc/>
    public void SyncDirectory(string path) =>
        Perform(StorageOperationKind.SyncDirectory, path, () => inner.SyncDirectory(path));

    /// <inheritdoc/>
    public long GetFreeBytes()
    {
        long bytes = 0;
        Perform(StorageOperationKind.GetFreeBytes, "", () => bytes = inner.GetFreeBytes());
        return bytes;
    }

    /// <summary>What is wrapped.</summary>
    internal IFileSystem Inner => inner;

    /// <summary>Counts an operation and asks for its fate.</summary>
    internal InjectedFault? Decide(StorageOperationKind kind, string path, int byteCount = 0) =>
        injector(new StorageOperation(kind, path, Interlocked.Increment(ref operationCount), byteCount));

    /// <summary>The error for an injected failure.</summary>
    internal static StorageException ToException(InjectedFault fault, StorageOperationKind kind, string path) =>
        new(fault.Fault, kind.ToString(), path, "injected");

    /// <summary>Carries out an operation, or fails it, or both.</summary>
    internal void Perform(StorageOperationKind kind, string path, Action operation)
    {
        InjectedFault? fault = Decide(kind, path);
        if (fault is null or { IsAfterTheFact: true })
            operation();
        if (fault is { } injected)
            throw ToException(injected, kind, path);
    }
}
