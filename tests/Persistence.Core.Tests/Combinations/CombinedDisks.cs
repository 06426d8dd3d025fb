using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Combinations;

/// <summary>The disk of a store's directory, and others that have a part of it, copied together.</summary>
internal sealed class CombinedDisks
{
    public static readonly string[] Elsewhere = ["/fast", "/large"];

    private readonly SimulatedFileSystem[] _disks;
    private readonly IFileSystem[] _watched;
    private int _operationsLeft;
    private Action? _due;

    public CombinedDisks()
        : this([new SimulatedFileSystem(), new SimulatedFileSystem(), new SimulatedFileSystem()])
    {
    }

    private CombinedDisks(SimulatedFileSystem[] disks)
    {
        _disks = disks;
        _watched = [.. disks.Select(Watch)];
    }

    /// <summary>The store's directory.</summary>
    public IFileSystem Main => _watched[0];

    public IReadOnlyList<SimulatedFileSystem> All => _disks;

    public IFileSystem Place(string path) => _watched[1 + Array.IndexOf(Elsewhere, path)];

    /// <summary>The disk of a place; "." is the store's own.</summary>
    public SimulatedFileSystem DiskOf(string path) => _disks[path is "." or "" ? 0 : 1 + Array.IndexOf(Elsewhere, path)];

    public CombinedDisks Image(CrashImageKind kind) => new([.. _disks.Select(disk => disk.CrashImage(kind))]);

    /// <summary>Moves a directory from one place to another, as a person does with nobody there: copies, syncs, deletes.</summary>
    public void Move(string directory, string from, string to)
    {
        (SimulatedFileSystem source, SimulatedFileSystem target) = (DiskOf(from), DiskOf(to));
        target.CreateDirectory(directory);
        foreach (FileEntry entry in source.List(directory))
        {
            string path = $"{directory}/{entry.Name}";
            Copy(source, target, path);
            source.Delete(path);
        }

        source.SyncDirectory(directory);
        target.SyncDirectory(directory);
        target.SyncDirectory("");
    }

    /// <summary>Calls once before the operation that comes after so many others.</summary>
    public void CallAfter(int operations, Action due)
    {
        _operationsLeft = operations;
        _due = due;
    }

    public void CallNoMore() => _due = null;

    private static void Copy(SimulatedFileSystem from, SimulatedFileSystem to, string path)
    {
        using IFile source = from.Open(path, FileIntent.Read);
        using IFile copy = to.Open(path, FileIntent.CreateNew);
        byte[] content = new byte[source.GetLength()];
        source.Read(content, 0);
        copy.Write(content, 0);
        copy.Sync();
    }

    private FaultInjectingFileSystem Watch(SimulatedFileSystem disk) => new(disk, (in StorageOperation _) =>
    {
        if (_due is Action due && _operationsLeft-- == 0)
        {
            _due = null;
            due();
        }

        return null;
    });
}
