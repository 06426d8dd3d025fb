namespace Persistence.Diagnostics;

/// <summary>What an <see cref="ErrorFinding"/> recognises.</summary>
public enum ErrorFindingKind
{
    /// <summary>A store's lock was waited for in vain again and again.</summary>
    LockContention,

    /// <summary>Many errors of one kind in a short time.</summary>
    ErrorStorm,

    /// <summary>Different errors of which one explains the others.</summary>
    CommonCause,
}
