using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>
/// Every legal state of a disk after a power cut: each piece records a run of the unmodified engine and recovers it from each of those states
/// under one profile; some it writes to again, and cuts again, in recovery and after it.
/// </summary>
internal sealed class PowerLossExploration : IExploration
{
    internal const string DroppedEvidence = "states that lost something";
    internal const string ReopenedEvidence = "closed, opened and killed";
    internal const string TailedEvidence = "runs whose log was followed";
    internal const string FollowedEvidence = "entries given to who followed it";
    internal const string FirstToKnowEvidence = "operations promised to who followed it first";
    internal const string RunsEvidence = "runs recorded";
    internal const string SpreadEvidence = "runs with directories elsewhere";
    internal const string BackTier = "gone back";
    private const int TailOneIn = 3;

    // In fewer runs it is left to chance what a store comes to.
    private const int UpkeepRunsMin = 16;
    private const int ContinuedOperations = 8;
    private const int ContinuedSampledMax = 200;
    private const int EpochsMax = 2;
    private static readonly int[] AllTiers = [.. Enumerable.Range(0, CrashStateEnumerator.Tiers)];

    private readonly PowerLossOptions _options;

    public PowerLossExploration(PowerLossOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    public string Name => "powerloss";

    public long? PieceCount => null;

    public ExplorationFigures Explore(long piece, CancellationToken stop)
    {
        ExplorationFigures figures = new();
        if (_options.WithNeighbours)
            new NeighbourExploration(_options).Explore(piece, figures);
        RunPlan plan = PlanOf(_options, piece);
        string title = $"seed {plan.Seed}, workload {plan.Workload}, {plan.Options.Durability}";
        if (TryRecord(() => RecordedRun.Record(plan), title, figures) is not RecordedRun run)
            return figures;
        NoteTail(run, figures);
        NoteUpkeep(run, figures);
        CrashProfile profile = ProfileOf(_options, piece);
        PowerLossExplorer explorer = new(run, profile, figures)
        {
            Title = $"{title}, profile {profile.Name}",
            SampledMax = _options.SampledMax,
            ContinuedMax = _options.ContinuedMax,
        };
        explorer.Explore(_options.Tiers, stop);
        GoBack(explorer, figures);
        ExploreContinued(explorer, _options.ContinuedMax > 0 ? [.. explorer.Continued, explorer.Closed] : [], figures, stop);
        return figures;
    }

    public IEnumerable<string> FindVacuity(ExplorationFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        foreach (int tier in _options.Tiers)
        {
            if (figures.Tiers.GetValueOrDefault($"T{tier}").Distinct == 0)
                yield return $"no state of T{tier} was judged";
        }

        if (figures.Evidence.GetValueOrDefault(DroppedEvidence) == 0)
            yield return "no state had lost anything";
        long runs = figures.Evidence.GetValueOrDefault(RunsEvidence);
        foreach (string reason in runs >= UpkeepRunsMin ? FindUpkeepMissing(figures) : [])
            yield return reason;
        // Of several workloads each has its share of the runs.
        foreach (string reason in runs >= UpkeepRunsMin * _options.Workloads.Count ? EntityEvidence.FindMissing(figures, _options.Workloads) : [])
            yield return reason;
        foreach (string reason in _options.WithNeighbours ? new NeighbourExploration(_options).FindVacuity(figures) : [])
            yield return reason;
        if (figures.Evidence.GetValueOrDefault(TailedEvidence) > 0 && figures.Evidence.GetValueOrDefault(FollowedEvidence) == 0)
            yield return "who followed the log was given nothing while it was written";
        if (!IsCanaryConvicted())
            yield return "an engine that never syncs was not convicted";
        if (_options.ContinuedMax > 0 && figures.Tiers.GetValueOrDefault(PowerLossExplorer.InRecoveryTier).Distinct == 0)
            yield return "no recovery was cut";
        if (_options.ContinuedMax > 0 && figures.Tiers.GetValueOrDefault(BackTier).Distinct == 0)
            yield return "no store was taken back to an earlier position";
        if (_options.ContinuedMax > 0 && figures.Tiers.GetValueOrDefault(PowerLossExplorer.AfterRecoveryTier).Distinct == 0)
            yield return "nothing was written to after a recovery and cut again";
        if (_options.ContinuedMax > 0 && figures.Evidence.GetValueOrDefault(ReopenedEvidence) == 0)
            yield return "no store that had been closed was opened again and killed";
    }

    /// <summary>Takes some of the states to earlier positions.</summary>
    private void GoBack(PowerLossExplorer explorer, ExplorationFigures figures)
    {
        if (_options.ContinuedMax == 0 || figures.Failures.Count > 0)
            return;
        foreach (CrashPoint point in (CrashPoint[])[.. explorer.Continued, explorer.Closed])
        {
            string? objection = PastJudge.Judge(explorer.Space.At(point.Choice).ToFileSystem(), explorer.Run, point.Choice.Cut, point.IsKill, Mixing.Mix(point.Rank, (ulong)explorer.Run.Plan.Seed), out int compared);
            figures.Count(BackTier, compared, compared);
            if (objection is not null)
                figures.Add(new ExplorationFailure(BackTier, $"{explorer.Title}, {(point.IsKill ? "a kill" : "a cut")} at {point.Choice.Cut}", objection));
        }
    }

    private static IEnumerable<string> FindUpkeepMissing(ExplorationFigures figures)
    {
        if (figures.Evidence.GetValueOrDefault(SpreadEvidence) == 0)
            yield return "no store had directories elsewhere";
        foreach (string reason in UpkeepCounts.FindMissing(figures))
            yield return reason;
    }

    private bool IsCanaryConvicted()
    {
        if (TryRecord(() => RecordedRun.Record(PlanOf(_options, 0), RunStart.New, static disk => new SilentSyncs(disk)), "canary", new ExplorationFigures()) is not RecordedRun run)
            return false;
        PowerLossExplorer explorer = new(run, CrashProfile.OrderedMetadata, new ExplorationFigures()) { Title = "canary" };
        explorer.Explore(1, CancellationToken.None);
        return explorer.Failure is not null;
    }

    private static void NoteUpkeep(RecordedRun run, ExplorationFigures figures)
    {
        figures.Note(RunsEvidence, 1);
        figures.Note(SpreadEvidence, run.Plan.HasPlaces ? 1 : 0);
        run.Upkeep.NoteIn(figures);
        EntityEvidence.NoteIn(figures, run.History);
    }

    private static void NoteTail(RecordedRun run, ExplorationFigures figures)
    {
        if (run.Tail is not TailingNeighbour tail)
            return;
        figures.Note(TailedEvidence, 1);
        figures.Note(FollowedEvidence, tail.Looks);
        figures.Note(FirstToKnowEvidence, tail.FirstToKnow);
    }

    /// <summary>Recovers some of the states for good, writes on, and cuts again: in recovery, after it, and once more after that.</summary>
    private static void ExploreContinued(PowerLossExplorer explorer, IReadOnlyList<CrashPoint> points, ExplorationFigures figures, CancellationToken stop)
    {
        foreach (CrashPoint point in points)
        {
            if (stop.IsCancellationRequested || figures.Failures.Count > 0)
                return;
            string title = $"{explorer.Title}, gone on with after {(point.IsKill ? "a kill" : "a cut")} at {point.Choice.Cut}";
            if (TryRecord(() => explorer.Continue(point, explorer.Run.Plan.Again(explorer.Run.Start.Epoch + 1, ContinuedOperations)), title, figures) is not RecordedRun run)
                return;
            NoteTail(run, figures);
            PowerLossExplorer again = new(run, explorer.Space.Profile, figures)
            {
                Title = title,
                SampledMax = ContinuedSampledMax,
                ContinuedMax = run.Start.Epoch < EpochsMax ? 1 : 0,
                // After a clean end nothing is rewritten when the store is opened: what the page cache held then shows only if the next process dies by itself.
                PicksKillsOnly = point.Choice.Cut == explorer.Run.Trace.End,
            };
            again.Explore(AllTiers, stop);
            figures.Note(ReopenedEvidence, again.PicksKillsOnly ? again.Continued.Count : 0);
            ExploreContinued(again, again.Continued, figures, stop);
        }
    }

    /// <summary>A run in which the engine fails, or in which all its threads wait for ever, is a failure, whatever is left on the disk.</summary>
    public static TRun? TryRecord<TRun>(Func<TRun> record, string title, ExplorationFigures figures)
        where TRun : class
    {
        try
        {
            return record();
        }
#pragma warning disable CA1031 // An engine that fails otherwise than it says it would has not kept its promise.
        catch (Exception e)
        {
            figures.Add(new ExplorationFailure("run", title, $"{e.GetType().Name}: {e.Message}"));
            return null;
        }
#pragma warning restore CA1031
    }

    /// <summary>The run of a piece. Every third one is followed by another process.</summary>
    public static RunPlan PlanOf(PowerLossOptions options, long piece) =>
        RunPlan.Take(options.Workloads, options.Seed, piece, options.Durability, options.Operations) with { HasTail = piece % TailOneIn == TailOneIn - 1 };

    /// <summary>The profile of a piece: they take turns, each time in another order, so that every one meets every mode.</summary>
    public static CrashProfile ProfileOf(PowerLossOptions options, long piece) => options.Profiles[(int)((piece + (piece / options.Profiles.Count)) % options.Profiles.Count)];
}
