namespace Persistence.CrashKit.Protocol;

/// <summary><c>{"fail":{"n":1,"definite":true}}</c>: the operation failed.</summary>
/// <param name="Number">The operation.</param>
/// <param name="IsDefinite">Whether it certainly did not happen; else that is unknown.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record FailMessage(long Number, bool IsDefinite, string Reason) : WorkerMessage
{
    /// <summary>Whether it is a transaction that was refused because another one came first: that is no mistake, and nothing of it may be there.</summary>
    public bool IsConflict { get; init; }
}
