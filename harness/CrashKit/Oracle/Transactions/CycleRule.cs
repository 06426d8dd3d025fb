namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// What kind of cycle to look for. The rules of a level go from the worst kind to the mildest, each allowing all that the ones before it do, so that where
/// the worse ones are not found the milder one is what it seems.
/// </summary>
internal sealed class CycleRule
{
    private const EdgeKinds Writes = EdgeKinds.LifeOrder | EdgeKinds.WriteWrite;
    private const EdgeKinds Flow = Writes | EdgeKinds.WriteRead;

    private CycleRule(EdgeKinds others, AntiDependencies antiDependencies, bool hasOneAntiDependency = false)
    {
        Region = new WalkRule(others, antiDependencies);
        WithoutAntiDependencies = new WalkRule(others, AntiDependencies.None);
        HasOneAntiDependency = hasOneAntiDependency;
    }

    /// <summary>Whether a cycle is one anti-dependency and a walk without any. That is no matter of the edge before, so such cycles are looked for one by one.</summary>
    public bool HasOneAntiDependency { get; }

    /// <summary>What leads from any node of a strongly connected part to any other.</summary>
    public WalkRule Region { get; }

    /// <summary>The walk back from the end of the one anti-dependency to its beginning.</summary>
    public WalkRule WithoutAntiDependencies { get; }

    public bool WithRealTime => (Region.Others & EdgeKinds.RealTime) != 0;

    /// <summary>What a level forbids, the worst first. Where the last one finds no cycle, none of them does.</summary>
    public static IReadOnlyList<CycleRule> ForbiddenBy(IsolationLevel level) => level switch
    {
        IsolationLevel.SnapshotIsolation => [.. UpToSnapshotIsolation(EdgeKinds.None)],
        IsolationLevel.Serializable => [.. UpToSerializable(EdgeKinds.None)],
        _ => [.. UpToSerializable(EdgeKinds.None), .. UpToSerializable(EdgeKinds.RealTime)],
    };

    private static CycleRule[] UpToSnapshotIsolation(EdgeKinds time) =>
    [
        new(Writes | time, AntiDependencies.None),
        new(Flow | time, AntiDependencies.None),
        new(Flow | time, AntiDependencies.Any, hasOneAntiDependency: true),
        new(Flow | time, AntiDependencies.NoTwoInARow),
    ];

    private static CycleRule[] UpToSerializable(EdgeKinds time) => [.. UpToSnapshotIsolation(time), new(Flow | time, AntiDependencies.Any)];
}
