namespace Persistence.Compaction;

/// <summary>How a store is to be compacted: for this once, in place of what the options say.</summary>
public sealed record CompactionRequest
{
    /// <summary>Log that recovery no longer needs is kept for reading up to this many bytes of segments in all; null: as the options say.</summary>
    public long? LogBytes { get; init; }

    /// <summary>Segments whose records are all older may go; null: as the options say.</summary>
    public TimeSpan? RetainFor { get; init; }

    /// <summary>How many checkpoints are kept, 1 to 64; null: as the options say. With fewer of them less log is needed.</summary>
    public int? Keep { get; init; }

    /// <summary>Told how it comes along, on the caller's thread, or null.</summary>
    public Action<CompactionProgress>? Progress { get; init; }

    /// <summary>Gives it up: what is done is done, and the rest stays as it was.</summary>
    public CancellationToken Stop { get; init; }
}
