namespace Persistence.CrashKit.Protocol;

/// <summary>
/// <c>{"ready":{…}}</c>: first without <see cref="Recovered"/>, when the worker waits for <c>open</c>; then with it, when the store is open.
/// </summary>
public sealed record ReadyMessage : WorkerMessage
{
    /// <summary>What the worker can do: <c>open</c>, <c>verify</c>, <c>run</c>, <c>do</c>, <c>pause</c>, <c>stop</c>, <c>points</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Whether the store had to be recovered, or null before it is open.</summary>
    public bool? Recovered { get; init; }

    /// <summary>How long opening took.</summary>
    public double RecoveryMs { get; init; }

    /// <summary>How many log records were replayed.</summary>
    public long Replayed { get; init; }
}
