namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"ack":{"n":1}}</c>: the operation returned.</summary>
/// <param name="Number">The operation.</param>
public sealed record AckMessage(long Number) : WorkerMessage;
