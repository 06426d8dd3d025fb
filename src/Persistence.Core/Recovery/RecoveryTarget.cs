using Persistence.State;

namespace Persistence.Recovery;

/// <summary>
/// The moment whose state is wanted: one of a position, a time and a checkpoint. What counts at a position, and what positions there are, is in
/// Wal/FORMAT.md §5.12.
/// </summary>
public sealed record RecoveryTarget
{
    private RecoveryTarget()
    {
    }

    /// <summary>The position, or null.</summary>
    public Lsn? Lsn { get; private init; }

    /// <summary>The time, or null.</summary>
    public DateTimeOffset? Time { get; private init; }

    /// <summary>The checkpoint, or null.</summary>
    public long? CheckpointId { get; private init; }

    /// <summary>
    /// The state with every commit whose last record starts at or below a position. Commits that share a frame count together: a position inside one means the
    /// state before it. A position of a history that was left means the state in that history, as long as its log is kept.
    /// </summary>
    public static RecoveryTarget ToLsn(Lsn lsn) => new() { Lsn = lsn };

    /// <summary>The state after the last commit, in the order of the log, that was made at or before a time. It is looked for in the current history.</summary>
    public static RecoveryTarget ToTime(DateTimeOffset time) => new() { Time = time };

    /// <summary>The state that a published checkpoint holds.</summary>
    public static RecoveryTarget ToCheckpoint(long id) => new() { CheckpointId = id };

    /// <summary>For messages.</summary>
    public override string ToString() =>
        Lsn is Lsn lsn ? $"LSN {lsn}" : Time is DateTimeOffset time ? $"{time:O}" : $"checkpoint {CheckpointId}";
}
