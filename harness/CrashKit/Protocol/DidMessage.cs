namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"did":{"what":"increment"}}</c>: the store has done something beside the operations. For the figures only; nothing is judged by it.</summary>
/// <param name="What">An increment was taken, a compaction ended, a segment was archived: the names of <see cref="Deeds"/>.</param>
public sealed record DidMessage(string What) : WorkerMessage;
