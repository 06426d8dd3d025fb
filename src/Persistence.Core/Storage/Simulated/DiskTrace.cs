namespace Persistence.Storage.Simulated;

/// <summary>A recorded run of a simulated disk: everything on it when recording started, all of that durable, and what was done to it since.</summary>
/// <param name="Nodes">Files and directories; 0 is the store's directory.</param>
/// <param name="Operations">In the order in which they took effect.</param>
/// <param name="End">The stamp after the last event.</param>
public sealed record DiskTrace(IReadOnlyList<TraceNode> Nodes, IReadOnlyList<TraceOperation> Operations, long End)
{
    /// <summary>The same run without what began at a cut or later.</summary>
    public DiskTrace Until(long cut) => new(Nodes, Operations.Where(operation => operation.Enter < cut).ToArray(), Math.Min(cut, End));
}
