namespace Persistence.CrashKit.Exploration;

/// <summary>How far an exploration goes.</summary>
internal sealed record ExplorationOptions
{
    /// <summary>Where everything random comes from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>It ends when so many different cases were judged; or null.</summary>
    public long? States { get; init; }

    /// <summary>It ends after so long; or null.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Threads that work at the same time.</summary>
    public int Lanes { get; init; } = 2;
}
