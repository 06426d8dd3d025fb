namespace Persistence.CrashKit.Protocol;

/// <summary>Where a worker kills itself. <see cref="KillPoints"/> has the names.</summary>
public enum KillPoint
{
    /// <summary>A frame is about to be written; whatever was acknowledged by mistake has time to get out first.</summary>
    BetweenAckAndWrite,

    /// <summary>A frame is written in part.</summary>
    InsideWrite,

    /// <summary>A frame is written and its sync has not begun.</summary>
    BeforeSync,

    /// <summary>The sync of a frame has returned and nobody has been told.</summary>
    AfterSync,

    /// <summary>A checkpoint is written in part.</summary>
    InsideCheckpointWrite,

    /// <summary>A checkpoint is complete under its staging name.</summary>
    BeforeCheckpointRename,

    /// <summary>A checkpoint has its name and ROOT does not list it.</summary>
    AfterCheckpointRename,

    /// <summary>A new segment has its header and not its name.</summary>
    BeforeRollRename,

    /// <summary>A new segment has its name and ROOT does not know it.</summary>
    AfterRollRename,

    /// <summary>ROOT's other slot is written in part.</summary>
    InsideRootWrite,

    /// <summary>Something no longer needed (a segment, a checkpoint, an archived segment) is about to be removed or recycled.</summary>
    InsideRetirement,

    /// <summary>Recovery is about to change something, or is in the middle of a write.</summary>
    InsideRecovery,

    /// <summary>The creation of a store is about to change something, or is in the middle of a write.</summary>
    InsideCreation,

    /// <summary>An archived segment is written in part.</summary>
    InsideArchiveWrite,

    /// <summary>An archived segment is complete under its staging name.</summary>
    BeforeArchiveRename,

    /// <summary>An archived segment has its name, and the log still has the segment.</summary>
    AfterArchiveRename,
}
