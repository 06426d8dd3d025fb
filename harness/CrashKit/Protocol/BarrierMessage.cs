namespace Persistence.CrashKit.Protocol;

/// <summary>
/// <c>{"barrier":{"upto":7}}</c>: every operation acknowledged before the intent of operation 7 was sent is durable, and so is operation 7 if it is acknowledged.
/// </summary>
/// <param name="UpTo">The operation.</param>
public sealed record BarrierMessage(long UpTo) : WorkerMessage;
