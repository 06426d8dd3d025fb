namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"mark":{"name":"inside-write"}}</c>: the worker is at a named point, and is about to kill itself there.</summary>
/// <param name="Name">The point.</param>
public sealed record MarkMessage(string Name) : WorkerMessage;
