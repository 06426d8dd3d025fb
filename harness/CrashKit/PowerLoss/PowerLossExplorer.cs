using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>Goes through the crash states of one recorded run under one profile, each distinct one once.</summary>
internal sealed class PowerLossExplorer
{
    private readonly RecordedRun _run;
    private readonly CrashStateSpace _space;
    private readonly RecoveryJudge _judge;
    private readonly HashSet<(ulong Hash, int Acknowledged, int Begun)> _seen = [];
    private readonly long _seed;

    public PowerLossExplorer(RecordedRun run, CrashProfile profile, long seed)
    {
        _run = run;
        _space = new CrashStateSpace(run.Trace, profile);
        _judge = new RecoveryJudge(run);
        _seed = seed;
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
        CrashStateEnumerator enumerator = new(_space, start: 0, _run.Trace.End, unchecked((ulong)_seed));
        foreach (CrashChoice choice in enumerator.Enumerate(tier))
        {
            if (Enumerated[tier] >= statesMax || stop())
                return;
            Enumerated[tier]++;
            CrashState state = _space.At(choice);
            if (!_seen.Add((state.Hash, _run.AcknowledgedBefore(choice.Cut), _run.BegunBefore(choice.Cut))))
                continue;
            Distinct[tier]++;
            if (_judge.Judge(state.ToFileSystem(), choice.Cut, _seed) is string message)
                Failures.Add(Describe(choice, message));
        }
    }

    private PowerLossFailure Describe(CrashChoice choice, string message) => new(
        _seed, choice.Tier, choice.Cut, [.. _space.PendingAt(choice.Cut).Where(micro => !choice.Keeps[micro])], choice.Torn, message);
}
