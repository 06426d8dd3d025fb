using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Locking;

/// <summary>The files as one process has them: when it dies all it has open is closed, and nothing it still tries has any effect.</summary>
internal sealed class MortalFiles(IFileSystem inner) : ForwardingFileSystem(inner)
{
    private readonly List<IFile> _open = [];
    private volatile bool _isDead;

    public void Kill()
    {
        _isDead = true;
        lock (_open)
            _open.ForEach(file => file.Dispose());
    }

    public override IFile Open(string path, FileIntent intent)
    {
        RequireAlive(path);
        IFile file = new MortalFile(this, base.Open(path, intent));
        lock (_open)
            _open.Add(file);
        return file;
    }

    public override IReadOnlyList<FileEntry> List(string directory)
    {
        RequireAlive(directory);
        return base.List(directory);
    }

    public override void Delete(string path)
    {
        RequireAlive(path);
        base.Delete(path);
    }

    private void RequireAlive(string path)
    {
        if (_isDead)
            throw new StorageException(StorageFault.Failed, "use", path, "the process is dead");
    }

    private sealed class MortalFile(MortalFiles files, IFile inner) : ForwardingFile(inner)
    {
        public override bool TryLock(FileLockKind kind)
        {
            files.RequireAlive(Path);
            return base.TryLock(kind);
        }
    }
}
