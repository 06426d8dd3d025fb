namespace Persistence.CrashKit.Corruption;

/// <summary>What became of a damaged store, and what is wrong with that.</summary>
/// <param name="Kind">What strict opening did.</param>
/// <param name="Wrong">What must not be, or null.</param>
internal readonly record struct DamageOutcome(DamageOutcomeKind Kind, string? Wrong)
{
    /// <summary>Whether the other mode went on with all of it or a part; null when it was not asked.</summary>
    public bool? IsTolerated { get; init; }

    /// <summary>Whether it was written to, closed and opened once more.</summary>
    public bool IsContinued { get; init; }
}

/// <summary>What strict opening did.</summary>
internal enum DamageOutcomeKind
{
    /// <summary>It refused, and nothing was changed.</summary>
    Refused,

    /// <summary>The whole state is there, and the report speaks of damage.</summary>
    Healed,

    /// <summary>The whole state is there, and there was nothing to report: nothing that was read depends on the damaged bytes.</summary>
    Unaffected,

    /// <summary>The state ends where the damage begins, as nothing proves that what followed was ever durable; the report says so.</summary>
    ReportedPrefix,
}
