namespace Persistence.Diagnostics;

/// <summary>Many errors told as one thing, with what can be done about it. Immutable: the state at the moment it was asked for.</summary>
public sealed record ErrorFinding
{
    /// <summary>What was recognised.</summary>
    public required ErrorFindingKind Kind { get; init; }

    /// <summary>The kind of error that is repeated, or that is the likely cause of the others.</summary>
    public required StoreError Error { get; init; }

    /// <summary>The other kinds of error it explains.</summary>
    public required IReadOnlyList<StoreError> Symptoms { get; init; }

    /// <summary>How many errors it stands for.</summary>
    public required int Count { get; init; }

    /// <summary>The stores concerned, the first few of them.</summary>
    public required IReadOnlyList<string> Stores { get; init; }

    /// <summary>The processes that held the lock, as far as that is known, the first few of them.</summary>
    public required IReadOnlyList<int> OwnerProcessIds { get; init; }

    /// <summary>When the first of the errors came.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When the last of them came.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>The finding in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What can be done about it.</summary>
    public required string Suggestion { get; init; }

    /// <summary>The sentence and what can be done.</summary>
    public override string ToString() => $"{Message} {Suggestion}";
}
