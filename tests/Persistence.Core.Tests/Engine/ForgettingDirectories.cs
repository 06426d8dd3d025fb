using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>
/// A disk that loses names as page caches lose bytes: when a directory's sync fails, the names made in it since the last
/// one stay visible, and no later sync makes them durable. Making a name anew does.
/// </summary>
internal sealed class ForgettingDirectories(SimulatedFileSystem disk) : ForwardingFileSystem(disk)
{
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);

    /// <summary>Which sync of a directory fails, counted from 1; 0 for none.</summary>
    public int FailingSync { get; set; }

    /// <summary>How many syncs of directories there were.</summary>
    public int Syncs { get; private set; }

    /// <summary>What a power cut leaves.</summary>
    public SimulatedFileSystem CutPower()
    {
        SimulatedFileSystem left = disk.CrashImage(CrashImageKind.DropPending);
        foreach (string path in _forgotten.Where(path => left.List(DirectoryOf(path)).Any(entry => path.EndsWith($"/{entry.Name}", StringComparison.Ordinal))))
            left.Delete(path);
        return left.CrashImage(CrashImageKind.KeepEverything);
    }

    public override IFile Open(string path, FileIntent intent)
    {
        IFile file = base.Open(path, intent);
        if (intent == FileIntent.CreateNew)
            NoteMade(path);
        return file;
    }

    public override void Rename(string from, string to)
    {
        base.Rename(from, to);
        NoteGone(from);
        NoteMade(to);
    }

    public override void Link(string existing, string created)
    {
        base.Link(existing, created);
        NoteMade(created);
    }

    public override void Delete(string path)
    {
        base.Delete(path);
        NoteGone(path);
    }

    public override void SyncDirectory(string path)
    {
        bool fails = ++Syncs == FailingSync;
        foreach (string made in _pending.Where(made => DirectoryOf(made) == path).ToArray())
        {
            _pending.Remove(made);
            if (fails)
                _forgotten.Add(made);
        }

        if (fails)
            throw new StorageException(StorageFault.Failed, "sync directory", path);
        base.SyncDirectory(path);
    }

    private void NoteMade(string path)
    {
        _forgotten.Remove(path);
        _pending.Add(path);
    }

    private void NoteGone(string path)
    {
        _forgotten.Remove(path);
        _pending.Remove(path);
    }

    private static string DirectoryOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";
}
