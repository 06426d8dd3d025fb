using Persistence.State;

namespace Persistence.Engine;

/// <summary>What the archive holds.</summary>
public sealed record ArchiveStatus
{
    /// <summary>Archived segments.</summary>
    public int Files { get; init; }

    /// <summary>Bytes of their files.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Bytes of log in them, before compression.</summary>
    public long RawBytes { get; init; }

    /// <summary>Bytes of log per byte stored; 0 when there is none.</summary>
    public double Ratio => StoredBytes == 0 ? 0 : (double)RawBytes / StoredBytes;

    /// <summary>Where the oldest one begins, or none.</summary>
    public Lsn OldestLsn { get; init; }

    /// <summary>When the oldest one was begun in the log; null when there is none, or it cannot be read.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>Why a segment that is to leave the log could not be archived yet, or null.</summary>
    public Exception? LastError { get; init; }
}
