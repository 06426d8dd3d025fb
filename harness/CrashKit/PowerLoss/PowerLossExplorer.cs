using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>Goes through the crash states of one recorded run under one profile, each distinct one once.</summary>
internal sealed class PowerLossExplorer
{
    private readonly RecordedRun _run;
    private readonly CrashStateSpace _space;
    private readonly HashSet<(ulong Hash, ulong Window)> _seen = [];

    public PowerLossExplorer(RecordedRun run, CrashProfile profile)
    {
        _run = run;
        _space = new CrashStateSpace(run.Trace, profile);
    }

    /// <summary>States enumerated, by tier.</summary>
    public long[] Enumerated { get; } = new long[CrashStateEnumerator.Tiers];

    /// <summary>Distinct states recovered and judged, by tier.</summary>
    public long[] Distinct { get; } = new long[CrashStateEnumerator.Tiers];

    public List<PowerLossFailure> Failures { get; } = [];

    /// <summary>Explores one tier.</summary>
    /// <param name="tier">T0 to T6.</param>
    /// <param name="statesMax">At most so many states are enumerated: the swarm does not end by itself.</param>
    /// <param name="stop">Asked before every state.</param>
    public void Explore(int tier, long statesMax, Func<bool> stop)
    {
        CrashStateEnumerator enumerator = new(_space, start: 0, _run.Trace.End, _run.Plan.Seed, _run.Plan.Options.SectorBytes);
        foreach (CrashChoice choice in enumerator.Enumerate(tier))
        {
            if (Enumerated[tier] >= statesMax || stop())
                return;
            Enumerated[tier]++;
            if (!_seen.Add((_space.HashAt(choice), _run.History.WindowAt(choice.Cut))))
                continue;
            Distinct[tier]++;
            if (RecoveryJudge.Judge(_space.At(choice).ToFileSystem(), _run, choice.Cut, boot: 1) is string message)
                Failures.Add(new PowerLossFailure(_run.Plan.Seed, choice.Copy(), message));
        }
    }
}
