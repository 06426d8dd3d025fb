namespace Persistence.Locking;

/// <summary>Where a <see cref="CircuitBreaker"/> stands.</summary>
public enum CircuitState
{
    /// <summary>Every attempt is let through.</summary>
    Closed,

    /// <summary>No attempt is let through.</summary>
    Open,

    /// <summary>The time is up: one attempt is let through, or is under way, and decides.</summary>
    HalfOpen,
}
