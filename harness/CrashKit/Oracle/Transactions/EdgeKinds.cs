namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Kinds of edges of the graph, and sets of them.</summary>
[Flags]
internal enum EdgeKinds
{
    None = 0,
    WriteWrite = 1,
    WriteRead = 2,
    ReadWrite = 4,
    LifeOrder = 8,
    RealTime = 16,

    /// <summary>Out of a node that stands for several: the second half of the edge that led there.</summary>
    Continuation = 32,
}
