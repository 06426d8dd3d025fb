namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Which edges a walk may take. It may depend on the edge before, so a walk has a state beside its node: 1 right after an anti-dependency that allows no second one, else 0.</summary>
/// <param name="Others">The kinds allowed anywhere.</param>
/// <param name="AntiDependencies">How many anti-dependencies are allowed.</param>
internal sealed record WalkRule(EdgeKinds Others, AntiDependencies AntiDependencies)
{
    private readonly int _afterAntiDependency = AntiDependencies == AntiDependencies.NoTwoInARow ? 1 : 0;

    /// <summary>How many states there are.</summary>
    public int States => _afterAntiDependency + 1;

    /// <returns>The state after an edge, or -1 where the edge must not be taken.</returns>
    public int Next(int state, EdgeKinds kind) => kind switch
    {
        EdgeKinds.Continuation => state,
        EdgeKinds.ReadWrite when AntiDependencies == AntiDependencies.None || state > 0 => -1,
        EdgeKinds.ReadWrite => _afterAntiDependency,
        _ => (Others & kind) != 0 ? 0 : -1,
    };
}
