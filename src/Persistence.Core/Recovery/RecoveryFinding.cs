using Persistence.State;

namespace Persistence.Recovery;

/// <summary>One thing recovery or a check came across.</summary>
/// <param name="Kind">What.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record RecoveryFinding(FindingKind Kind, FindingSeverity Severity, string Message)
{
    /// <summary>The file, inside the store, or null.</summary>
    public string? File { get; init; }

    /// <summary>The byte offset in the file, or null.</summary>
    public long? Offset { get; init; }

    /// <summary>The log position, or null.</summary>
    public Lsn? Lsn { get; init; }
}
