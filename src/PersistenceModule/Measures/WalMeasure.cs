using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>The figures of a store: its log, its files, its checkpoints, the last recovery, and what an open handle has done.</summary>
public sealed class WalMeasure
{
    internal WalMeasure(WalStore store, Action<RecoveryProgress> progress)
    {
        LogMeasure log = store.Engine.MeasureLog(progress);
        StoreUsage files = store.Engine.MeasureFiles();
        StoreStatus status = store.Engine.GetStatus();
        Path = store.Path;
        StoreId = store.StoreId;
        Records = log.Records;
        FirstLsn = log.FirstLsn.Value;
        LastLsn = log.LastLsn.Value;
        Oldest = log.Oldest?.ToLocalTime();
        Newest = log.Newest?.ToLocalTime();
        PayloadBytes = log.PayloadBytes;
        UncommittedRecords = log.UncommittedRecords;
        UncommittedBytes = log.UncommittedBytes;
        Frames = log.Frames;
        FrameBytes = log.FrameBytes;
        RecordsPerFrame = log.RecordsPerFrame;
        BytesPerFrame = log.BytesPerFrame;
        Kinds = [.. log.Kinds.Select(kind => new WalKindMeasure(kind))];
        Segments = files.Segments;
        SegmentBytes = files.SegmentBytes;
        Spares = files.Spares;
        SpareBytes = files.SpareBytes;
        ReserveBytes = files.ReserveBytes;
        Checkpoints = files.Checkpoints;
        CheckpointBytes = files.CheckpointBytes;
        Quarantined = files.Quarantined;
        QuarantineBytes = files.QuarantineBytes;
        ArchiveStatus archive = store.Engine.MeasureArchive();
        Archived = archive.Files;
        ArchiveBytes = archive.StoredBytes;
        ArchivedLogBytes = archive.RawBytes;
        ArchiveRatio = archive.Ratio;
        ArchiveOldestLsn = archive.OldestLsn.Value;
        ArchiveOldest = archive.Oldest?.ToLocalTime();
        ArchiveError = archive.LastError?.Message;
        LastCheckpoint = store.Engine.GetCheckpoints().LastOrDefault(static one => one.Created is not null)?.Created?.ToLocalTime();
        ReplayBytes = status.LogBytesSinceCheckpoint;
        Recovery = store.Recovery;
        Activity = store.IsReadOnly ? null : new WalActivity(status);
    }

    /// <summary>The full path of its directory.</summary>
    public string Path { get; }

    /// <summary>Which store it is.</summary>
    public Guid StoreId { get; }

    /// <summary>Entries in the log: those Get-WalEntry shows.</summary>
    public long Records { get; }

    /// <summary>Position of the first; 0 when there is none.</summary>
    public long FirstLsn { get; }

    /// <summary>Position of the last; 0 when there is none.</summary>
    public long LastLsn { get; }

    /// <summary>When the first was made, or null.</summary>
    public DateTimeOffset? Oldest { get; }

    /// <summary>When the last was made, or null.</summary>
    public DateTimeOffset? Newest { get; }

    /// <summary>Bytes of what the entries hold.</summary>
    public long PayloadBytes { get; }

    /// <summary>Entries beside these that do not count: of transactions of several frames whose commit is not in the log, since it failed, or the process ended in the middle of it, or it is just being made.</summary>
    public long UncommittedRecords { get; }

    /// <summary>Bytes of what they hold.</summary>
    public long UncommittedBytes { get; }

    /// <summary>Frames in the log: batches of entries that were written at once.</summary>
    public long Frames { get; }

    /// <summary>Bytes of frames, headers and padding included.</summary>
    public long FrameBytes { get; }

    /// <summary>Entries per frame, whether they count or not.</summary>
    public Distribution RecordsPerFrame { get; }

    /// <summary>Bytes per frame.</summary>
    public Distribution BytesPerFrame { get; }

    /// <summary>The entries by kind, the kind with the most bytes first.</summary>
    public WalKindMeasure[] Kinds { get; }

    /// <summary>Segment files.</summary>
    public int Segments { get; }

    /// <summary>Their size; space ahead of the log is part of it.</summary>
    public long SegmentBytes { get; }

    /// <summary>Segments prepared ahead.</summary>
    public int Spares { get; }

    /// <summary>Their size.</summary>
    public long SpareBytes { get; }

    /// <summary>Bytes held for when the disk is full: reserve.ballast_bytes, less what is being used of it.</summary>
    public long ReserveBytes { get; }

    /// <summary>Checkpoint files.</summary>
    public int Checkpoints { get; }

    /// <summary>Their size.</summary>
    public long CheckpointBytes { get; }

    /// <summary>Files in quarantine.</summary>
    public int Quarantined { get; }

    /// <summary>Their size.</summary>
    public long QuarantineBytes { get; }

    /// <summary>Archived segments.</summary>
    public int Archived { get; }

    /// <summary>The size of their files.</summary>
    public long ArchiveBytes { get; }

    /// <summary>Bytes of log in them, before compression.</summary>
    public long ArchivedLogBytes { get; }

    /// <summary>Bytes of log per byte stored; 0 when there are none.</summary>
    public double ArchiveRatio { get; }

    /// <summary>Where the oldest of them begins; 0 when there is none.</summary>
    public long ArchiveOldestLsn { get; }

    /// <summary>When the oldest of them was begun in the log, or null.</summary>
    public DateTimeOffset? ArchiveOldest { get; }

    /// <summary>Why a segment that is to leave the log could not be archived yet, or null.</summary>
    public string? ArchiveError { get; }

    /// <summary>When the newest checkpoint was taken, or null.</summary>
    public DateTimeOffset? LastCheckpoint { get; }

    /// <summary>Bytes of log since the newest checkpoint: what an opening has to replay.</summary>
    public long ReplayBytes { get; }

    /// <summary>What the opening of the handle that was measured found and did.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>What the handle has done since it was opened; null unless it is open for writing.</summary>
    public WalActivity? Activity { get; }
}
