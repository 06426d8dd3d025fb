using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>
/// What Linux does after a failed sync: the error is reported once, the bytes stay readable, and every later sync of the
/// file returns success without making them durable.
/// </summary>
internal sealed class ForgettingFileSystem(IFileSystem inner) : ForwardingFileSystem(inner)
{
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);

    /// <summary>The next data sync of a file whose path starts with this fails.</summary>
    public string? FailNextSyncOf { get; set; }

    public override IFile Open(string path, FileIntent intent) => new ForgettingFile(this, base.Open(path, intent));

    public override void Rename(string from, string to)
    {
        base.Rename(from, to);
        _forgotten.Remove(to);
        if (_forgotten.Remove(from))
            _forgotten.Add(to);
    }

    public override void Delete(string path)
    {
        base.Delete(path);
        _forgotten.Remove(path);
    }

    private void Sync(string path, Action sync)
    {
        if (FailNextSyncOf is string prefix && path.StartsWith(prefix, StringComparison.Ordinal))
        {
            FailNextSyncOf = null;
            _forgotten.Add(path);
            throw new StorageException(StorageFault.Failed, "sync", path);
        }

        if (!_forgotten.Contains(path))
            sync();
    }

    private sealed class ForgettingFile(ForgettingFileSystem files, IFile inner) : ForwardingFile(inner)
    {
        public override void SyncData() => files.Sync(Path, base.SyncData);

        public override void Sync() => files.Sync(Path, base.Sync);
    }
}
