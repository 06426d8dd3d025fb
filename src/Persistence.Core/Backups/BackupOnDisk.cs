using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Backups;

/// <summary>A backup in a directory of the real file system, open for reading together with those it builds on. Dispose it when it is not read any more.</summary>
public sealed class BackupOnDisk : IDisposable
{
    private readonly IReadOnlyList<DiskFileSystem> _directories;

    internal BackupOnDisk(BackupInfo info, IReadOnlyList<DiskFileSystem> directories)
    {
        Info = info;
        _directories = directories;
    }

    /// <summary>The backup.</summary>
    public BackupInfo Info { get; }

    /// <summary>The full backup and the increments up to this one, oldest first, as <see cref="StoreBackup"/> takes them.</summary>
    public IReadOnlyList<IFileSystem> Chain => _directories;

    /// <summary>Lets go of the directories.</summary>
    public void Dispose()
    {
        foreach (DiskFileSystem directory in _directories)
            directory.Dispose();
    }
}
