using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Engine;

/// <summary>What the retained log is made of.</summary>
public sealed record LogMeasure
{
    /// <summary>LSN of the first record, or none.</summary>
    public Lsn FirstLsn { get; init; }

    /// <summary>LSN of the last record, or none.</summary>
    public Lsn LastLsn { get; init; }

    /// <summary>When the first record was made, or null.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>When the last record was made, or null.</summary>
    public DateTimeOffset? Newest { get; init; }

    /// <summary>Records that count: those <see cref="PersistenceStore.ReadLog(Lsn)"/> returns.</summary>
    public long Records { get; init; }

    /// <summary>Bytes of their payloads.</summary>
    public long PayloadBytes { get; init; }

    /// <summary>Records beside these, of transactions of several frames whose commit is not in the log: it failed, the process ended in the middle of it, or it is just being made.</summary>
    public long UncommittedRecords { get; init; }

    /// <summary>Bytes of their payloads.</summary>
    public long UncommittedBytes { get; init; }

    /// <summary>Frames with records. Each was one write, and in mode Sync one flush.</summary>
    public long Frames { get; init; }

    /// <summary>Markers: frames without records.</summary>
    public long Markers { get; init; }

    /// <summary>Bytes of frames and markers, headers and padding included.</summary>
    public long FrameBytes { get; init; }

    /// <summary>Records per frame, whether they count or not.</summary>
    public Distribution RecordsPerFrame { get; init; }

    /// <summary>Bytes per frame, header and padding included.</summary>
    public Distribution BytesPerFrame { get; init; }

    /// <summary>The records that count by kind, the kind with the most bytes first.</summary>
    public IReadOnlyList<RecordMeasure> Kinds { get; init; } = [];
}
