using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Adds up what the log is made of while somebody reads it. Its memory does not grow with the log.</summary>
internal sealed class LogMeasurer
{
    private const int NamesMax = 256;

    private readonly Dictionary<(RecordType Type, string? Name), (long Count, long Bytes)> _kinds = [];
    private readonly ValueHistogram _recordsPerFrame = new();
    private readonly ValueHistogram _bytesPerFrame = new();
    private LogEntry? _first;
    private LogEntry? _last;
    private long _frames;
    private long _markers;
    private long _uncommittedRecords;
    private long _uncommittedBytes;

    /// <summary>Bytes of frames so far.</summary>
    public long FrameBytes { get; private set; }

    /// <summary>Records so far.</summary>
    public long Records { get; private set; }

    public void AddFrame(int records, long bytes)
    {
        FrameBytes += bytes;
        if (records == 0)
        {
            _markers++;
            return;
        }

        _frames++;
        _recordsPerFrame.Add(records);
        _bytesPerFrame.Add(bytes);
    }

    public void Add(LogEntry record)
    {
        Records++;
        _first ??= record;
        _last = record;
        (RecordType, string?) kind = (record.Type, NameOf(record));
        (long count, long bytes) = _kinds.GetValueOrDefault(kind);
        _kinds[kind] = (count + 1, bytes + record.Payload.Length);
    }

    public void AddUncommitted(LogEntry record)
    {
        _uncommittedRecords++;
        _uncommittedBytes += record.Payload.Length;
    }

    public LogMeasure Summarize() => new()
    {
        FirstLsn = _first?.Lsn ?? Lsn.None,
        LastLsn = _last?.Lsn ?? Lsn.None,
        Oldest = _first?.Timestamp,
        Newest = _last?.Timestamp,
        Records = Records,
        PayloadBytes = _kinds.Values.Sum(kind => kind.Bytes),
        UncommittedRecords = _uncommittedRecords,
        UncommittedBytes = _uncommittedBytes,
        Frames = _frames,
        Markers = _markers,
        FrameBytes = FrameBytes,
        RecordsPerFrame = _recordsPerFrame.Summarize(),
        BytesPerFrame = _bytesPerFrame.Summarize(),
        Kinds = _kinds.Select(kind => new RecordMeasure(kind.Key.Type, kind.Key.Name, kind.Value.Count, kind.Value.Bytes))
            .OrderByDescending(kind => kind.PayloadBytes).ThenBy(kind => kind.Type.Value).ThenBy(kind => kind.Name, StringComparer.Ordinal).ToArray(),
    };

    /// <summary>The files there are now; those a writer removes meanwhile are left out.</summary>
    public static StoreUsage MeasureFiles(IFileSystem files)
    {
        (int segments, long segmentBytes) = Sum(files, SegmentNames.Directory, static name => SegmentNames.TryParse(name, out _));
        (int spares, long spareBytes) = Sum(files, SegmentNames.Directory, static name => SegmentNames.TryParseSpare(name, out _));
        (int checkpoints, long checkpointBytes) = Sum(files, CheckpointNames.Directory, static name => CheckpointNames.TryParse(name, out _, out _));
        (int quarantined, long quarantineBytes) = Sum(files, Quarantine.Directory, static _ => true);
        return new StoreUsage
        {
            Segments = segments,
            SegmentBytes = segmentBytes,
            Spares = spares,
            SpareBytes = spareBytes,
            ReserveBytes = files.TryGetLength(SpaceReserve.Path) ?? 0,
            Checkpoints = checkpoints,
            CheckpointBytes = checkpointBytes,
            Quarantined = quarantined,
            QuarantineBytes = quarantineBytes,
        };
    }

    /// <summary>The archive as it is now.</summary>
    public static ArchiveStatus MeasureArchive(IFileSystem files, Guid storeId)
    {
        ArchiveStatus status = new();
        foreach (ArchiveName name in ArchiveCatalog.List(files))
        {
            if (files.TryGetLength(name.Path) is not long length)
                continue;
            if (status.Files == 0)
                status = status with { OldestLsn = name.First, Oldest = ArchiveCatalog.TryReadHeader(files, name, storeId, out _) is ArchiveHeader header ? Timestamps.ToInstant(header.Segment.Created) : null };
            status = status with { Files = status.Files + 1, StoredBytes = status.StoredBytes + length, RawBytes = status.RawBytes + name.RawBytes };
        }

        return status;
    }

    private static (int Count, long Bytes) Sum(IFileSystem files, string directory, Func<string, bool> counts)
    {
        int count = 0;
        long bytes = 0;
        foreach (FileEntry entry in files.List(directory))
        {
            if (entry.Kind != FileEntryKind.File || !counts(entry.Name) || files.TryGetLength($"{directory}/{entry.Name}") is not long length)
                continue;
            count++;
            bytes += length;
        }

        return (count, bytes);
    }

    private string? NameOf(LogEntry record)
    {
        if (record.Type != RecordType.ApplicationRecord)
            return null;
        string name = ApplicationRecord.Read(record.Payload.Span, out _);
        return _kinds.Count < NamesMax || _kinds.ContainsKey((record.Type, name)) ? name : null;
    }
}
