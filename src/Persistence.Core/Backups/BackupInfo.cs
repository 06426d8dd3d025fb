using Persistence.State;

namespace Persistence.Backups;

/// <summary>A backup, described.</summary>
public sealed record BackupInfo
{
    /// <summary>Which backup it is.</summary>
    public required Guid Id { get; init; }

    /// <summary>The backup that an increment builds on; null for a full one.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>The full path of its directory, where that is known.</summary>
    public string? Path { get; init; }

    /// <summary>Whether it can be restored by itself.</summary>
    public bool IsFull => ParentId is null;

    /// <summary>Which store it is of.</summary>
    public Guid StoreId { get; init; }

    /// <summary>The epoch that store was in.</summary>
    public long Epoch { get; init; }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>It holds everything that was committed below.</summary>
    public Lsn Position { get; init; }

    /// <summary>From here on it has the log, together with its parents.</summary>
    public Lsn FirstLsn { get; init; }

    /// <summary>How many files it has itself.</summary>
    public int FileCount { get; init; }

    /// <summary>Bytes of its own files, the manifest aside.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes it stands for, together with its parents.</summary>
    public long BytesTotal { get; init; }

    internal static BackupInfo Of(BackupManifest manifest) => new()
    {
        Id = manifest.Id,
        ParentId = manifest.ParentId,
        StoreId = manifest.Root.StoreId,
        Epoch = manifest.Root.Epoch,
        Created = Timestamps.ToInstant(manifest.Created),
        Position = manifest.Position.Lsn,
        FirstLsn = manifest.FirstLsn,
        FileCount = manifest.Files.Count(static file => !file.IsInherited),
        Bytes = manifest.BytesOwn,
        BytesTotal = manifest.BytesTotal,
    };
}
