using Persistence.Root;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>What a backup says of itself; layout in FORMAT.md.</summary>
internal sealed record BackupManifest
{
    public Guid Id { get; init; }

    /// <summary>The backup it builds on; null for a full one.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>When it was made, 100 ns units since 1970-01-01 UTC.</summary>
    public long Created { get; init; }

    /// <summary>Where its log ends.</summary>
    public LogPosition Position { get; init; }

    /// <summary>ROOT of a store closed there.</summary>
    public RootRecord Root { get; init; } = new();

    public IReadOnlyList<BackupFile> Files { get; init; } = [];

    /// <summary>From here on it has the log, together with its parents.</summary>
    public Lsn FirstLsn { get; init; }

    /// <summary>Bytes it stands for, together with its parents.</summary>
    public long BytesTotal { get; init; }

    /// <summary>Bytes of its own.</summary>
    public long BytesOwn => Files.Where(static file => !file.IsInherited).Sum(static file => file.Length);
}
