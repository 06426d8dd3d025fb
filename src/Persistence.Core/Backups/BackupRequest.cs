using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>How a backup is to be taken.</summary>
public sealed record BackupRequest
{
    /// <summary>The backup to build on, with all that it builds on itself, oldest first; empty (the default) for a full backup.</summary>
    public IReadOnlyList<IFileSystem> Parents { get; init; } = [];

    /// <summary>Whether the backup has all of the log that log and archive still have, and not only what its checkpoint needs. Of an increment no more than what came after its parent.</summary>
    public bool IncludeArchive { get; init; }

    /// <summary>Told how it comes along, or null; on the caller's thread, and throwing from it gives the backup up.</summary>
    public Action<BackupProgress>? Progress { get; init; }

    /// <summary>Gives the backup up: <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Stop { get; init; }
}
