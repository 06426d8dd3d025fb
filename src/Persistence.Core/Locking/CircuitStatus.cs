namespace Persistence.Locking;

/// <summary>The figures of a <see cref="CircuitBreaker"/>.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Failures">Lock timeouts in a row.</param>
/// <param name="OpenedAt">When it opened, the last time if it opened again; null while it is closed.</param>
/// <param name="OpenUntil">From when on one attempt is let through; null while it is closed.</param>
public sealed record CircuitStatus(CircuitState State, int Failures, DateTimeOffset? OpenedAt, DateTimeOffset? OpenUntil);
