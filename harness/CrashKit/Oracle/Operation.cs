namespace Persistence.CrashKit.Oracle;

/// <summary>
/// One operation of a worker, with its place in the order of the pipe: what was acknowledged before another was sent
/// happened before it.
/// </summary>
public sealed class Operation
{
    /// <summary>"Not yet": later than every place.</summary>
    public const int Never = int.MaxValue;

    /// <param name="number">The worker's number for it.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="intentAt">Place of the intent in the order of the pipe.</param>
    public Operation(long number, OperationKind kind, int intentAt)
    {
        Number = number;
        Kind = kind;
        IntentAt = intentAt;
    }

    /// <summary>The worker's number for it.</summary>
    public long Number { get; }

    /// <summary>What it is.</summary>
    public OperationKind Kind { get; }

    /// <summary>Its writes, at most one for a key.</summary>
    public IReadOnlyList<KeyWrite> Writes { get; init; } = [];

    /// <summary>The application record it appends, or null.</summary>
    public string? Record { get; init; }

    /// <summary>Place of its intent.</summary>
    public int IntentAt { get; }

    /// <summary>Place of its acknowledgement, or <see cref="Never"/>.</summary>
    public int AckAt { get; internal set; } = Never;

    /// <summary>A position in the log at which it counts and nothing later does, if the worker said so.</summary>
    public long? Lsn { get; internal set; }

    /// <summary>What the worker last said about it.</summary>
    public OperationOutcome Outcome { get; internal set; }

    /// <summary>Whether the store has promised that it survives.</summary>
    public bool IsPromised { get; internal set; }

    /// <summary>Whether it is one that makes what was acknowledged before it durable, and itself once it is acknowledged.</summary>
    internal bool IsBarrier { get; set; }

    /// <summary>Whether it changes what a later dump shows.</summary>
    public bool ChangesState => Writes.Count > 0 || Record is not null;

    /// <summary>Whether it was complete before <paramref name="other"/> was sent.</summary>
    public bool IsBefore(Operation other) => AckAt < other.IntentAt;

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Number} ({Outcome}{(IsPromised ? ", promised" : "")})";
}
