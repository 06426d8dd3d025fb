namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"bye":{}}</c>: the store is closed cleanly; everything acknowledged is durable.</summary>
public sealed record ByeMessage : WorkerMessage;
