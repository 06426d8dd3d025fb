using Persistence.Configuration;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>Power loss of a store of terminals whose programs are scripted: each piece records a run, recovers it from the legal states of the disk, restores panes in some, goes on with them, and cuts again.</summary>
internal sealed class TerminalPowerLoss(PowerLossOptions options) : IExploration
{
    /// <summary>The workload's name.</summary>
    public const string Workload = "terminals";

    private const string RestoredEvidence = "panes restored";
    private const string StoredEvidence = "bytes of output that were in checkpoints alone";
    private const string PromisedEvidence = "bytes of output promised";
    private const int OperationsAgain = 15;
    private const int EpochsMax = 2;
    private const int SampledMax = 400;

    // Of the tiers that have too many states for so long a trace each run tries some: the first ones, or every eighth, or fewer and fewer of more and more of it.
    private const int FirstSampledTier = 2;
    private const int Strides = 4;
    private const int StrideBits = 3;
    private const int ContinuedMax = 2;

    /// <summary>Whether every store takes increments all the time and keeps little output, and no run is gone on with: what goes wrong there shows soon.</summary>
    public bool IsAimed { get; init; }

    public string Name => "powerloss";

    public long? PieceCount => null;

    public ExplorationFigures Explore(long piece, CancellationToken stop)
    {
        ExplorationFigures figures = new();
        TerminalRunPlan plan = PlanOf(piece);
        CrashProfile profile = PowerLossExploration.ProfileOf(options, piece);
        string title = $"seed {plan.Seed}, workload {Workload}, {plan.Options.Durability}, profile {profile.Name}";
        if (PowerLossExploration.TryRecord(() => RecordedTerminalRun.Record(plan), title, figures) is RecordedTerminalRun run)
            Explore(run, profile, title, figures, stop);
        return figures;
    }

    public IEnumerable<string> FindVacuity(ExplorationFigures figures)
    {
        foreach (string evidence in (string[])[PowerLossExploration.DroppedEvidence, RestoredEvidence, StoredEvidence, PromisedEvidence])
        {
            if (figures.Evidence.GetValueOrDefault(evidence) == 0)
                yield return $"no {evidence}";
        }

        foreach (int tier in options.Tiers.Where(tier => figures.Tiers.GetValueOrDefault($"T{tier}").Distinct == 0))
            yield return $"no state of T{tier} was judged";
        if (!IsCanaryConvicted())
            yield return "an engine that never syncs was not convicted";
    }

    private TerminalRunPlan PlanOf(long piece)
    {
        DurabilityMode durability = options.Durability ?? (piece % 4) switch { 2 => DurabilityMode.Batch, 3 => DurabilityMode.None, _ => DurabilityMode.Sync };
        TerminalRunPlan plan = TerminalRunPlan.Create(options.Seed + piece, durability, options.Operations);
        return IsAimed ? plan with { Options = Aim(plan.Options) } : plan;
    }

    private static StoreOptions Aim(StoreOptions options) => options with
    {
        CheckpointTransactions = 6,
        CheckpointIncrementsMax = 8,
        CompactionSizeBytes = 0,
        TerminalScrollbackLines = 0,
        TerminalScrollbackBytes = 64 << 10,
    };

    private bool IsCanaryConvicted()
    {
        for (long piece = 0; piece < 8; piece++)
        {
            TerminalRunPlan plan = PlanOf(piece);
            ExplorationFigures figures = new();
            if (PowerLossExploration.TryRecord(() => RecordedTerminalRun.Record(plan, static disk => new SilentSyncs(disk)), "canary", figures) is not RecordedTerminalRun run)
                continue;
            ExploreTier(run, new CrashStateSpace(run.Trace, CrashProfile.OrderedMetadata), 1, "canary", figures, [], [], CancellationToken.None);
            if (figures.Failures.Count > 0)
                return true;
        }

        return false;
    }

    private void Explore(RecordedTerminalRun run, CrashProfile profile, string title, ExplorationFigures figures, CancellationToken stop)
    {
        figures.Note(RestoredEvidence, run.Restored);
        figures.Note(StoredEvidence, run.StoredBytes);
        figures.Note(PromisedEvidence, run.History.PromisedBytes);
        CrashStateSpace space = new(run.Trace, profile);
        HashSet<(ulong Hash, ulong Window)> seen = [];
        List<CrashPoint> picked = [];
        foreach (int tier in options.Tiers)
        {
            if (figures.Failures.Count == 0 && !stop.IsCancellationRequested)
                ExploreTier(run, space, tier, title, figures, seen, picked, stop);
        }

        foreach (CrashPoint point in run.Epoch < EpochsMax && !IsAimed && figures.Failures.Count == 0 ? picked : [])
        {
            string again = $"{title}, gone on with after {(point.IsKill ? "a kill" : "a cut")} at {point.Choice.Cut}";
            if (stop.IsCancellationRequested || PowerLossExploration.TryRecord(() => run.GoOn(space.At(point.Choice), point.Choice.Cut, point.IsKill, OperationsAgain), again, figures) is not RecordedTerminalRun next)
                return;
            Explore(next, profile, again, figures, stop);
        }
    }

    private static void ExploreTier(
        RecordedTerminalRun run, CrashStateSpace space, int tier, string title, ExplorationFigures figures, HashSet<(ulong Hash, ulong Window)> seen, List<CrashPoint> picked, CancellationToken stop)
    {
        long states = 0;
        long number = 0;
        long stride = tier < FirstSampledTier ? 1 : 1L << (StrideBits * (int)(Mixing.Mix((ulong)run.Plan.Seed, (ulong)tier) % Strides));
        long distinct = 0;
        string name = run.Epoch == 0 ? $"T{tier}" : $"T{tier} after {run.Epoch} recoveries";
        foreach (CrashChoice choice in new CrashStateEnumerator(space, run.FirstCut, run.Trace.End, run.Plan.Seed, run.Plan.Options.SectorBytes).Enumerate(tier))
        {
            if ((tier >= FirstSampledTier && states >= SampledMax) || stop.IsCancellationRequested)
                break;
            if (number++ % stride != 0)
                continue;
            states++;
            bool isKill = tier == 0;
            ulong hash = space.HashAt(choice);
            if (!seen.Add((hash, Mixing.Mix(run.History.WindowAt(choice.Cut), isKill ? 1UL : 0))))
                continue;
            distinct++;
            if (space.PendingAt(choice.Cut).Any(micro => !choice.Keeps[micro]))
                figures.Note(PowerLossExploration.DroppedEvidence, 1);
            if (TerminalJudge.Judge(space.At(choice).ToFileSystem(), run, choice.Cut, isKill) is string message)
            {
                figures.Add(new ExplorationFailure(name, $"{title}, {(isKill ? "a kill" : "a cut")} at {choice.Cut}", message));
                break;
            }

            Pick(run, choice, hash, picked);
        }

        figures.Count(name, states, distinct);
    }

    private static void Pick(RecordedTerminalRun run, CrashChoice choice, ulong hash, List<CrashPoint> picked)
    {
        if (choice.Cut <= run.History.OpenedAt)
            return;
        picked.Add(new CrashPoint(choice.Copy(), Mixing.Mix(hash, (ulong)choice.Cut)));
        picked.Sort(static (left, right) => left.Rank.CompareTo(right.Rank));
        if (picked.Count > ContinuedMax)
            picked.RemoveAt(picked.Count - 1);
    }
}
