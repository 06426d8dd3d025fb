using Persistence.Engine;

namespace PersistenceModule;

/// <summary>One segment's file, in the log or in the archive.</summary>
public sealed class WalSegment
{
    internal WalSegment(LogSegment segment, string storePath)
    {
        StorePath = storePath;
        Sequence = segment.Sequence;
        State = segment.State;
        Epoch = segment.Epoch;
        FirstLsn = segment.Epoch is null ? null : segment.FirstLsn.Value;
        EndLsn = segment.Epoch is null ? null : segment.EndLsn.Value;
        Created = segment.Created?.ToLocalTime();
        Bytes = segment.Bytes;
        StoredBytes = segment.StoredBytes;
        Path = segment.Path;
    }

    /// <summary>Its number; null for a spare.</summary>
    public long? Sequence { get; }

    /// <summary>Active, Sealed, Spare, Archived or Damaged.</summary>
    public LogSegmentState State { get; }

    /// <summary>The epoch it was opened in; null for a spare, and where a damaged header does not say.</summary>
    public long? Epoch { get; }

    /// <summary>Position of its first frame, or null.</summary>
    public long? FirstLsn { get; }

    /// <summary>Where its frames end; of the active one, where they end at most; or null.</summary>
    public long? EndLsn { get; }

    /// <summary>When it was opened, or null.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>Bytes of log: the size of a segment of the log; what an archived one holds, uncompressed.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of its file.</summary>
    public long StoredBytes { get; }

    /// <summary>Its file, below the store's directory.</summary>
    public string Path { get; }

    /// <summary>The full path of the store's directory.</summary>
    public string StorePath { get; }
}
