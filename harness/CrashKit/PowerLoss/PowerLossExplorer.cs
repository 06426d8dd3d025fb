using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>Goes through the crash states of one recorded run under one profile, each distinct one once.</summary>
internal sealed class PowerLossExplorer
{
    public const string InRecoveryTier = "cut in recovery";
    public const string AfterRecoveryTier = "cut after recovery";
    private const int FirstSampledTier = 5;

    private readonly CrashStateSpace _space;
    private readonly ExplorationFigures _figures;
    private readonly HashSet<(ulong Hash, ulong Window)> _seen = [];
    private readonly List<CrashPoint> _continued = [];
    private long _dropped;

    public PowerLossExplorer(RecordedRun run, CrashProfile profile, ExplorationFigures figures)
    {
        Run = run;
        _space = new CrashStateSpace(run.Trace, profile);
        _figures = figures;
    }

    public RecordedRun Run { get; }

    public CrashStateSpace Space => _space;

    /// <summary>What is said of a failure: where it comes from.</summary>
    public required string Title { get; init; }

    /// <summary>States of each unbounded tier that are tried.</summary>
    public int SampledMax { get; init; } = 2000;

    /// <summary>How many states are picked to be gone on with.</summary>
    public int ContinuedMax { get; init; }

    /// <summary>Whether only kills are picked.</summary>
    public bool PicksKillsOnly { get; init; }

    /// <summary>The states that were picked.</summary>
    public IReadOnlyList<CrashPoint> Continued => _continued;

    /// <summary>The store was closed, and the machine is started again: nothing is missing that was promised.</summary>
    public CrashPoint Closed => new(new CrashChoice(_space.Micros.Count) { Tier = 1, Cut = Run.Trace.End }, Rank: 0);

    /// <summary>The first state from which the store did not come back as it must.</summary>
    public PowerLossFailure? Failure { get; private set; }

    /// <summary>Explores tiers, until one fails.</summary>
    public void Explore(IReadOnlyList<int> tiers, CancellationToken stop)
    {
        foreach (int tier in tiers)
        {
            if (Failure is null && !stop.IsCancellationRequested)
                Explore(tier, stop);
        }

        _figures.Note(PowerLossExploration.DroppedEvidence, _dropped);
    }

    /// <summary>Goes on with the store as one of the states left it.</summary>
    public RecordedRun Continue(CrashPoint point, RunPlan plan)
    {
        CrashState state = _space.At(point.Choice);
        return RecordedRun.Record(plan, point.IsKill ? RunStart.AfterKill(Run, state, point.Choice.Cut) : RunStart.AfterPowerCut(Run, state, point.Choice.Cut));
    }

    /// <summary>Explores one tier.</summary>
    public void Explore(int tier, CancellationToken stop)
    {
        long states = 0;
        long distinct = 0;
        long inRecovery = 0;
        CrashStateEnumerator enumerator = new(_space, Run.FirstCut, Run.Trace.End, Run.Plan.Seed, Run.Plan.Options.SectorBytes);
        foreach (CrashChoice choice in enumerator.Enumerate(tier))
        {
            if ((tier >= FirstSampledTier && states >= SampledMax) || stop.IsCancellationRequested)
                break;
            states++;
            bool isKill = tier == 0;
            ulong hash = _space.HashAt(choice);
            if (!_seen.Add((hash, Mixing.Mix(Run.History.WindowAt(choice.Cut), isKill ? 1UL : 0))))
                continue;
            distinct++;
            inRecovery += choice.Cut <= Run.History.OpenedAt ? 1 : 0;
            NoteDropped(choice);
            if (RecoveryJudge.Judge(_space.At(choice).ToFileSystem(), Run, choice.Cut, isKill) is string message)
            {
                Failure = new PowerLossFailure(Run, _space.Profile, choice.Copy(), message);
                PowerLossFailure failure = Failure;
                _figures.Add(new ExplorationFailure(TierName(tier), $"{Title}, {failure.Describe()}", message) { Minimise = failure.Minimise });
                break;
            }

            Pick(choice, hash);
        }

        if (Run.Start.IsNew)
        {
            _figures.Count(TierName(tier), states, distinct);
        }
        else
        {
            _figures.Count(InRecoveryTier, 0, inRecovery);
            _figures.Count(AfterRecoveryTier, states, distinct - inRecovery);
        }
    }

    private string TierName(int tier) => Run.Start.IsNew ? $"T{tier}" : $"T{tier} after {Run.Start.Epoch} recoveries";

    private void NoteDropped(CrashChoice choice)
    {
        foreach (int micro in _space.PendingAt(choice.Cut))
        {
            if (!choice.Keeps[micro])
            {
                _dropped++;
                return;
            }
        }
    }

    private void Pick(CrashChoice choice, ulong hash)
    {
        if (choice.Cut <= Run.History.OpenedAt || ContinuedMax == 0 || (PicksKillsOnly && choice.Tier != 0))
            return;
        ulong rank = Mixing.Mix(hash, (ulong)choice.Cut);
        if (_continued.Count == ContinuedMax && rank >= _continued[^1].Rank)
            return;
        if (_continued.Count == ContinuedMax)
            _continued.RemoveAt(_continued.Count - 1);
        _continued.Add(new CrashPoint(choice.Copy(), rank));
        _continued.Sort(static (left, right) => left.Rank.CompareTo(right.Rank));
    }
}
