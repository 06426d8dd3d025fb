using Persistence.Compaction;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>One segment's file, as far as its name and its header tell.</summary>
public sealed record LogSegment
{
    /// <summary>Its number; null for a spare.</summary>
    public long? Sequence { get; init; }

    /// <summary>What it is.</summary>
    public required LogSegmentState State { get; init; }

    /// <summary>LSN of its first frame; none for a spare or a damaged one.</summary>
    public Lsn FirstLsn { get; init; }

    /// <summary>Where its frames end; of the active one, and of one whose successor is not there, where they end at most.</summary>
    public Lsn EndLsn { get; init; }

    /// <summary>The epoch it was opened in; null for a spare or a damaged one.</summary>
    public long? Epoch { get; init; }

    /// <summary>When it was opened; null for a spare or a damaged one.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Bytes of log: of a segment of the log its size, of an archived one what it holds uncompressed.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of its file.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Its file, inside the store.</summary>
    public required string Path { get; init; }

    internal static IReadOnlyList<LogSegment> List(IFileSystem files, RootRecord root)
    {
        // In this order: a segment that moves into the archive meanwhile is seen, perhaps twice.
        SegmentCatalog catalog = SegmentCatalog.Read(files, root.StoreId, static _ => { });
        List<LogSegment> segments = [.. ArchiveCatalog.List(files).Select(name => OfArchive(files, name, root.StoreId)).OfType<LogSegment>()];
        for (int i = 0; i < catalog.Segments.Count; i++)
            segments.Add(OfLog(catalog.Segments[i], i + 1 < catalog.Segments.Count ? catalog.Segments[i + 1] : null, root));
        foreach (string path in catalog.Spares)
        {
            if (files.TryGetLength(path) is long length)
                segments.Add(new LogSegment { State = LogSegmentState.Spare, Bytes = length, StoredBytes = length, Path = path });
        }

        return segments;
    }

    private static LogSegment OfLog(SegmentInfo segment, SegmentInfo? next, RootRecord root)
    {
        if (segment.Header is not SegmentHeader header)
            return new LogSegment { Sequence = segment.Sequence, State = LogSegmentState.Damaged, Bytes = segment.FileBytes, StoredBytes = segment.FileBytes, Path = segment.Path };
        bool isFollowed = next?.Header is not null && segment.IsFollowedBy(next);
        return new LogSegment
        {
            Sequence = segment.Sequence,
            State = segment.Sequence == root.ActiveSequence || (!isFollowed && segment.Sequence > root.ActiveSequence) ? LogSegmentState.Active : LogSegmentState.Sealed,
            FirstLsn = header.FirstFrameLsn,
            EndLsn = isFollowed ? next!.Header!.PreviousEnd : header.NextFirstLsn,
            Epoch = header.Epoch,
            Created = Timestamps.ToInstant(header.Created),
            Bytes = segment.FileBytes,
            StoredBytes = segment.FileBytes,
            Path = segment.Path,
        };
    }

    /// <summary>Null when retention has removed it since it was listed.</summary>
    private static LogSegment? OfArchive(IFileSystem files, ArchiveName name, Guid storeId)
    {
        ArchiveHeader? header = ArchiveCatalog.TryReadHeader(files, name, storeId, out bool isGone);
        if (isGone || files.TryGetLength(name.Path) is not long length)
            return null;
        return new LogSegment
        {
            Sequence = name.Sequence,
            State = header is null ? LogSegmentState.Damaged : LogSegmentState.Archived,
            FirstLsn = name.First + SegmentHeader.Bytes,
            EndLsn = name.End,
            Epoch = name.Epoch,
            Created = header is null ? null : Timestamps.ToInstant(header.Segment.Created),
            Bytes = name.RawBytes,
            StoredBytes = length,
            Path = name.Path,
        };
    }
}
