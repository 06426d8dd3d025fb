namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"paused":{}}</c>: the writers stand still, and all they did is durable.</summary>
public sealed record PausedMessage : WorkerMessage;
