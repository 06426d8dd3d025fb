namespace Persistence.Recovery;

/// <summary>The steps of a recovery.</summary>
public enum RecoveryPhase
{
    /// <summary>Recovery has begun.</summary>
    Started,

    /// <summary>A checkpoint is being loaded.</summary>
    LoadingCheckpoint,

    /// <summary>The log is being replayed.</summary>
    Replaying,

    /// <summary>The state's own rules are being checked.</summary>
    Validating,

    /// <summary>Of a salvage: the new store is being written.</summary>
    Writing,

    /// <summary>Recovery is complete.</summary>
    Completed,
}
