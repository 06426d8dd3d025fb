namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"ack":{"n":1,"lsn":8192}}</c>: the operation returned.</summary>
/// <param name="Number">The operation.</param>
/// <param name="Lsn">A position in the store's log at which it counts and nothing later does, or null: it then is never gone back to.</param>
public sealed record AckMessage(long Number, long? Lsn = null) : WorkerMessage;
