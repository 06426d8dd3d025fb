using Persistence.Recovery;
using Persistence.State;

namespace Persistence.Engine;

/// <summary>What an inspection of a store's files read and found. Nothing was changed.</summary>
public sealed record IntegrityReport
{
    /// <summary>The store, or an empty id when ROOT and every segment are lost.</summary>
    public Guid StoreId { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Whether nothing that was durable is damaged or missing. A torn tail, normal after a crash, is healthy.</summary>
    public bool IsHealthy => Findings.All(finding => finding.Severity != FindingSeverity.Error);

    /// <summary>Whether the last writer closed the store, and nobody has it open for writing.</summary>
    public bool WasClean { get; init; }

    /// <summary>The epoch the store is in.</summary>
    public long Epoch { get; init; }

    /// <summary>The oldest position retained.</summary>
    public Lsn FirstLsn { get; init; }

    /// <summary>Where the log ends.</summary>
    public Lsn EndLsn { get; init; }

    /// <summary>Everything below it is known to have been flushed.</summary>
    public Lsn ProvenLsn { get; init; }

    /// <summary>Log segments read.</summary>
    public int SegmentsRead { get; init; }

    /// <summary>Frames whose checksum and place were verified.</summary>
    public long FramesRead { get; init; }

    /// <summary>Records whose checksum was verified.</summary>
    public long RecordsRead { get; init; }

    /// <summary>Bytes of log that were verified.</summary>
    public long LogBytesRead { get; init; }

    /// <summary>Archived segments verified from their first byte to their last.</summary>
    public int ArchivedSegmentsRead { get; init; }

    /// <summary>Bytes of log in them, before compression.</summary>
    public long ArchivedBytesRead { get; init; }

    /// <summary>Checkpoints verified from their first byte to their last.</summary>
    public int CheckpointsRead { get; init; }

    /// <summary>Files of transactions that were verified. The engine knows none of them: see <c>FileState.Verify</c>.</summary>
    public int FilesRead { get; init; }

    /// <summary>Files kept in quarantine.</summary>
    public int QuarantinedFiles { get; init; }

    /// <summary>Everything noteworthy.</summary>
    public IReadOnlyList<RecoveryFinding> Findings { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
}
