using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"intent":{"n":1,"op":"put","key":"k","val":"v"}}</c>: said before the operation is begun.</summary>
/// <param name="Number">The worker's number for it, used once in a process.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Writes">Its writes, at most one for a key.</param>
/// <param name="Record">The application record it appends, or null.</param>
public sealed record IntentMessage(long Number, OperationKind Kind, IReadOnlyList<KeyWrite> Writes, string? Record) : WorkerMessage;
