namespace Persistence.Recovery;

/// <summary>What the first position without a valid frame in the newest segment is.</summary>
internal enum TailKind
{
    /// <summary>The end that a clean close recorded.</summary>
    CleanEnd,

    /// <summary>The end of what was written; nothing was being written.</summary>
    EndOfLog,

    /// <summary>An interrupted write that no flush is known to have covered.</summary>
    TornTail,

    /// <summary>Bytes that were durable and are not what they were.</summary>
    Damage,

    /// <summary>Nothing was looked at from there on: replay stopped where it was to.</summary>
    Target,
}
